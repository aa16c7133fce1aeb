package io.vertebra.cuda.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Folders in which libraries of CUDA lie, in the order in which they are looked into. */
final class LibraryFolders {
    private static final Path ROOT = Path.of("/");
    private static final String INSTALLATIONS = "usr/local";
    private static final String LINKER = "etc/ld.so.conf.d";
    private static final List<String> SYSTEM = List.of(
            "usr/local/cuda/lib64",
            "usr/lib/x86_64-linux-gnu",
            "usr/lib/aarch64-linux-gnu",
            "usr/lib64",
            "usr/lib",
            "usr/lib/wsl/lib",
            "usr/local/nvidia/lib64");

    private final List<Path> folders;

    private LibraryFolders(List<Path> folders) {
        this.folders = List.copyOf(folders);
    }

    /**
     * Those of this machine.
     *
     * @param own folders of {@code VERTEBRA_CUDA_LIBRARIES}, with a colon between two: each itself, and {@code <name>/lib} in it,
     *     which is how pip's packages lie in {@code nvidia}
     * @param searchPath {@code LD_LIBRARY_PATH}
     */
    static LibraryFolders of(String own, String searchPath) {
        return of(own, searchPath, ROOT);
    }

    /** The same on a machine with another root folder. */
    static LibraryFolders of(String own, String searchPath, Path root) {
        List<Path> folders = new ArrayList<>();
        for (Path folder : paths(own)) {
            folders.add(folder);
            children(folder).map(f -> f.resolve("lib")).forEach(folders::add);
        }
        folders.addAll(paths(searchPath));
        children(root.resolve(INSTALLATIONS))
                .filter(f -> f.getFileName().toString().startsWith("cuda-13"))
                .sorted(Comparator.reverseOrder()) // the newest first
                .map(f -> f.resolve("lib64"))
                .forEach(folders::add);
        SYSTEM.stream().map(root::resolve).forEach(folders::add);
        children(root.resolve(LINKER))
                .flatMap(LibraryFolders::lines)
                .map(root::resolve)
                .forEach(folders::add);
        return new LibraryFolders(folders);
    }

    /** Folders that a file of the dynamic linker's names. */
    private static Stream<String> lines(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1)
                    .lines()
                    .map(String::strip)
                    .filter(l -> l.startsWith("/"));
        } catch (IOException e) { // not readable: as if it were not there
            return Stream.empty();
        }
    }

    private static List<Path> paths(String list) {
        return Stream.of(list.split(":", -1))
                .filter(entry -> !entry.isBlank() && entry.indexOf('\0') < 0)
                .map(Path::of)
                .toList();
    }

    private static Stream<Path> children(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Stream.empty();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.sorted().toList().stream();
        } catch (IOException | UncheckedIOException e) { // not readable: as if it were not there
            return Stream.empty();
        }
    }

    /** The first file of this name. */
    Optional<Path> find(String file) {
        return folders.stream()
                .map(f -> f.resolve(file))
                .filter(Files::exists)
                .map(Path::toAbsolutePath)
                .findFirst();
    }
}
