package io.vertebra.cuda.emulated;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Compiles the emulator with all kernels by g++, each unit once for each state of its sources, and loads it. The modules of a
 * build share the result. Tests that need it are skipped where there is no g++ or no {@code jni.h}.
 */
final class EmulatorBuild {
    private static final List<String> FLAGS = List.of(
            "-std=c++17",
            "-fPIC",
            "-fvisibility=hidden",
            "-ffp-contract=off",
            "-fno-strict-aliasing",
            "-ftrivial-auto-var-init=pattern",
            "-Wall",
            "-Wno-unused-function",
            "-Wno-unknown-pragmas");
    /** Each access to memory is a call to {@code watch.cpp}, and so is each address that is no multiple of what it should be. */
    private static final List<String> OF_KERNELS =
            List.of("-O1", "-fsanitize=thread", "-fsanitize=alignment", "--param", "tsan-instrument-func-entry-exit=0");

    /** The convolutions of whole networks: sums in an order that a processor adds several of at once. */
    private static final List<String> OF_EMULATOR =
            List.of("-O3", "-fassociative-math", "-fno-signed-zeros", "-fno-trapping-math");

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
        Path store = Files.createDirectories(root().resolve("target/emulator"));
        Path aside = Files.createTempDirectory(store, "build");
        // of two processes that test, the second takes what the first has compiled
        try (FileChannel channel =
                FileChannel.open(store.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock();
            for (Map.Entry<String, String> header : sources.headers().entrySet()) {
                Files.writeString(aside.resolve(header.getKey()), header.getValue());
            }
            List<String> includes = new ArrayList<>(List.of("-I" + aside));
            jni.forEach(folder -> includes.add("-I" + folder));
            List<Path> objects = new ArrayList<>();
            List<Command> commands = new ArrayList<>();
            for (EmulatorSources.Unit unit : sources.units()) {
                List<String> command = new ArrayList<>(List.of(compiler.toString()));
                command.addAll(FLAGS);
                command.addAll(unit.ofKernels() ? OF_KERNELS : OF_EMULATOR);
                List<String> content = new ArrayList<>(command);
                content.addAll(List.of(jni.toString(), sources.headers().toString(), unit.text()));
                Path object = store.resolve(unit.name() + "-" + hash(content) + ".o");
                objects.add(object);
                if (!Files.exists(object)) {
                    Path text = Files.writeString(aside.resolve(unit.name() + ".cpp"), unit.text());
                    Path made = aside.resolve(object.getFileName());
                    command.addAll(includes);
                    command.addAll(List.of("-c", text.toString(), "-o", made.toString()));
                    commands.add(new Command(command, aside.resolve(unit.name() + ".log"), made, object));
                }
            }
            Path library = store.resolve("libemulator-" + hash(objects) + ".so");
            if (!Files.exists(library)) {
                Command.all(commands);
                Path made = aside.resolve("libemulator.so");
                List<String> link = new ArrayList<>(List.of(compiler.toString(), "-shared", "-o", made.toString()));
                objects.forEach(object -> link.add(object.toString()));
                Command.all(List.of(new Command(link, aside.resolve("link.log"), made, library)));
            }
            return library.toAbsolutePath();
        } finally {
            delete(aside);
        }
    }

    /** The folder of the whole build, so that its modules share what is compiled; the working folder outside of it. */
    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        for (Path folder = here; folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve(".mvn"))) {
                return folder;
            }
        }
        return here;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    private static String hash(List<?> content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(content.toString().getBytes(UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
