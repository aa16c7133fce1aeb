package io.vertebra.cuda.emulated;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Compiles the emulator with all kernels by g++, once for each state of the sources, and loads it. Tests that need it are
 * skipped where there is no g++ or no {@code jni.h}.
 */
final class EmulatorBuild {
    private static final List<String> FLAGS = List.of(
            "-std=c++17",
            "-O1",
            "-fPIC",
            "-fvisibility=hidden",
            "-ffp-contract=off",
            "-fno-strict-aliasing",
            "-ftrivial-auto-var-init=pattern",
            "-Wall",
            "-Wno-unused-function",
            "-Wno-unknown-pragmas");
    /** Of the kernels too: each access to memory is a call to {@code watch.cpp}. */
    private static final List<String> WATCHED =
            List.of("-fsanitize=thread", "--param", "tsan-instrument-func-entry-exit=0");

    private static final int PARTS = 2;

    private static boolean loaded;
    private static String failure;

    private EmulatorBuild() {}

    /** The library is loaded after this call; where it cannot be built, the test is skipped and says why. */
    static synchronized void require() {
        if (loaded) {
            return;
        }
        Optional<Path> compiler = onPath("g++");
        Optional<List<Path>> jni = jni();
        Assumptions.assumeTrue(compiler.isPresent(), "no g++ on the path to compile the kernels for the processor");
        Assumptions.assumeTrue(jni.isPresent(), "no include/jni.h in " + System.getProperty("java.home"));
        if (failure != null) {
            throw new AssertionError(failure);
        }
        try {
            System.load(library(compiler.get(), jni.get()).toString());
        } catch (IOException e) {
            throw new AssertionError("emulator: " + e.getMessage(), e);
        } catch (AssertionError e) {
            failure = e.getMessage(); // once is enough
            throw e;
        }
        loaded = true;
    }

    /** A program of the path. */
    static Optional<Path> onPath(String program) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.of(path.split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The folders with {@code jni.h} and {@code jni_md.h}. */
    private static Optional<List<Path>> jni() {
        Path include = Path.of(System.getProperty("java.home"), "include");
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac") ? "darwin" : "linux";
        List<Path> folders = List.of(include, include.resolve(system));
        return Files.exists(include.resolve("jni.h")) ? Optional.of(folders) : Optional.empty();
    }

    private static Path library(Path compiler, List<Path> jni) throws IOException {
        EmulatorSources sources = new EmulatorSources();
        Path folder = sources.target().resolve("emulator").resolve(hash(sources, compiler));
        Path library = folder.resolve("libemulator.so");
        if (!Files.exists(library)) {
            Files.createDirectories(folder);
            Path aside = Files.createTempDirectory(folder, "build");
            Path made = compile(sources, compiler, jni, aside);
            Files.move(made, library, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        return library.toAbsolutePath();
    }

    /** Of all that the library is made from. */
    private static String hash(EmulatorSources sources, Path compiler) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((compiler + " " + FLAGS + WATCHED + System.getProperty("java.home")).getBytes(UTF_8));
            digest.update(EmulatorSources.join(PARTS).getBytes(UTF_8));
            digest.update(EmulatorSources.part(0, sources.files()).getBytes(UTF_8));
            for (Path file : sources.all()) {
                digest.update(file.toString().getBytes(UTF_8));
                digest.update(Files.readAllBytes(file));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static Path compile(EmulatorSources sources, Path compiler, List<Path> jni, Path folder)
            throws IOException {
        List<Path> units = new ArrayList<>(parts(sources, folder));
        units.add(Files.writeString(folder.resolve("join.cpp"), EmulatorSources.join(PARTS)));
        units.addAll(sources.units());
        List<Path> objects = new ArrayList<>();
        List<Command> commands = new ArrayList<>();
        for (Path unit : units) {
            Path object = folder.resolve(EmulatorSources.name(unit) + ".o");
            objects.add(object);
            List<String> command = new ArrayList<>(List.of(compiler.toString()));
            command.addAll(FLAGS);
            if (unit.startsWith(folder)) {
                command.addAll(WATCHED);
            } else {
                command.add("-O2");
            }
            Stream.concat(sources.folders().stream(), jni.stream()).forEach(include -> command.add("-I" + include));
            command.addAll(List.of("-c", unit.toString(), "-o", object.toString()));
            commands.add(new Command(command, folder.resolve(EmulatorSources.name(unit) + ".log")));
        }
        Command.all(commands, 2);
        Path library = folder.resolve("libemulator.so");
        List<String> link = new ArrayList<>(List.of(compiler.toString(), "-shared", "-o", library.toString()));
        objects.forEach(object -> link.add(object.toString()));
        Command.all(List.of(new Command(link, folder.resolve("link.log"))), 1);
        return library;
    }

    /** The files of kernels in parts of about the same size. */
    private static List<Path> parts(EmulatorSources sources, Path folder) throws IOException {
        List<List<Path>> files = new ArrayList<>();
        long[] sizes = new long[PARTS];
        for (int i = 0; i < PARTS; i++) {
            files.add(new ArrayList<>());
        }
        for (Path file : sources.files()) {
            int smallest = 0;
            for (int i = 1; i < PARTS; i++) {
                smallest = sizes[i] < sizes[smallest] ? i : smallest;
            }
            files.get(smallest).add(file);
            sizes[smallest] += Files.size(file);
        }
        List<Path> parts = new ArrayList<>();
        for (int i = 0; i < PARTS; i++) {
            String code = EmulatorSources.part(i, files.get(i));
            parts.add(Files.writeString(folder.resolve("part" + i + ".cpp"), code));
        }
        return parts;
    }
}
