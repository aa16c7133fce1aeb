package io.vertebra.app;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the libraries lie that engines on NVIDIA cards need: what the dynamic linker would find, without loading any. */
public final class CudaLibraries {

    /** The driver's own; those of CUDA 11.6, which nd4j-cuda-11.6 needs; those of CUDA 13, which the cards behind Ada need. */
    static final List<String> NAMES = List.of(
            "libcuda.so.1",
            "libcublas.so.11",
            "libcusolver.so.11",
            "libcudnn.so.8",
            "libcudart.so.13",
            "libnvrtc.so.13",
            "libcublasLt.so.13",
            "libcublas.so.13",
            "libcudnn_graph.so.9",
            "libcudnn_ops.so.9",
            "libcudnn_cnn.so.9",
            "libcudnn_adv.so.9");

    /** Where installations of CUDA lie, each in a folder {@code cuda-<version>}. */
    private static final Path INSTALLATIONS = Path.of("/usr/local");

    private static final List<String> USUAL = List.of(
            "/usr/local/cuda/lib64",
            "/usr/lib/x86_64-linux-gnu",
            "/usr/lib/aarch64-linux-gnu",
            "/usr/lib64",
            "/usr/lib",
            "/usr/lib/wsl/lib",
            "/usr/local/nvidia/lib64");

    private CudaLibraries() {}

    /** Those of this process. */
    public static Map<String, Optional<Path>> here() {
        Map<String, String> environment = System.getenv();
        return found(
                environment.getOrDefault("VERTEBRA_CUDA_LIBRARIES", ""),
                environment.getOrDefault("LD_LIBRARY_PATH", ""));
    }

    /** Each name with the first folder of our own path and of those in it, of the search path, then of the usual ones, that has it. */
    static Map<String, Optional<Path>> found(String own, String searchPath) {
        List<Path> folders = new ArrayList<>();
        for (Path folder : paths(own)) {
            folders.add(folder);
            children(folder, "*").map(f -> f.resolve("lib")).forEach(folders::add);
        }
        folders.addAll(paths(searchPath));
        children(INSTALLATIONS, "cuda-1*").map(f -> f.resolve("lib64")).forEach(folders::add);
        USUAL.stream().map(Path::of).forEach(folders::add);
        Map<String, Optional<Path>> found = new LinkedHashMap<>();
        for (String name : NAMES) {
            found.put(
                    name,
                    folders.stream()
                            .map(f -> f.resolve(name))
                            .filter(Files::exists)
                            .findFirst());
        }
        return found;
    }

    private static List<Path> paths(String list) {
        return Stream.of(list.split(":", -1))
                .filter(f -> !f.isBlank())
                .map(Path::of)
                .toList();
    }

    /** The newest first; none where the folder cannot be read. */
    private static Stream<Path> children(Path folder, String pattern) {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, pattern)) {
            all.forEach(children::add);
        } catch (IOException | DirectoryIteratorException e) {
            return Stream.empty();
        }
        return children.stream().sorted(Comparator.reverseOrder());
    }
}
