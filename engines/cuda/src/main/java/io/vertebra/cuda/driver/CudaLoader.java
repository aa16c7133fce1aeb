package io.vertebra.cuda.driver;

import io.vertebra.graph.engine.EngineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Loads the bindings and the libraries under them, or says in one line what is missing. Names no class of the bindings, so that it
 * runs where there are none.
 *
 * <p>The libraries are loaded by their paths before the bindings are: the dynamic linker then takes them by their names, wherever
 * they lie.
 */
public final class CudaLoader {
    /** A class that those for CUDA 11.6, which the profile cuda-11.6 brings, do not have. */
    private static final String BINDINGS = "org/bytedeco/cuda/cudart/CUlib_st.class";

    private static final String NATIVES = "org/bytedeco/cuda/%s/%s";
    /** NVRTC opens it by this name, and looks in the system's folders only. */
    private static final String BUILTINS = "libnvrtc-builtins.so.13.*";

    private static final String COMPILER = "libnvrtc.so.13";

    private CudaLoader() {}

    /**
     * Loads, the first time; asks the driver for a card.
     *
     * @throws EngineException with kind UNAVAILABLE if this machine has no card that the engine can compute on
     */
    public static synchronized void load() {
        load(
                CudaLoader.class.getClassLoader(),
                LibraryFolders.of(variable("VERTEBRA_CUDA_LIBRARIES"), variable("LD_LIBRARY_PATH")));
        asUnavailable(CardCheck::check);
    }

    private static String variable(String name) {
        return System.getenv().getOrDefault(name, "");
    }

    /** Loads without asking for a card. */
    static void load(ClassLoader classes, LibraryFolders folders) {
        if (!hasBindings(classes)) {
            throw unavailable("this build has no CUDA bindings; build with VERTEBRA_PROFILES=cuda", null);
        }
        if (platform().startsWith("linux")) {
            loadLibraries(folders);
        }
        asUnavailable(CardCheck::initialize);
    }

    private static boolean hasBindings(ClassLoader classes) {
        String file = platform().startsWith("windows") ? "jnicudart.dll" : "libjnicudart.so";
        return classes.getResource(BINDINGS) != null
                && classes.getResource(NATIVES.formatted(platform(), file)) != null;
    }

    /** JavaCPP's word for this machine. */
    private static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String name = system.startsWith("windows") ? "windows" : system.startsWith("mac") ? "macosx" : "linux";
        String processor = System.getProperty("os.arch");
        return name + "-" + (processor.equals("aarch64") ? "arm64" : "x86_64");
    }

    static void loadLibraries(LibraryFolders folders) {
        List<Path> found = find(folders);
        asUnavailable(() -> found.forEach(f -> System.load(f.toString())));
    }

    /**
     * The files in the order of loading.
     *
     * @throws EngineException that names those which are missing
     */
    static List<Path> find(LibraryFolders folders) {
        List<Path> found = new ArrayList<>();
        Map<String, List<String>> missing = new LinkedHashMap<>();
        for (CudaLibrary library : CudaLibrary.all()) {
            Optional<Path> file = folders.find(library.file());
            if (file.isEmpty()) {
                missing.computeIfAbsent(library.remedy(), r -> new ArrayList<>())
                        .add(library.file());
            } else if (library.file().equals(COMPILER)) {
                found.addAll(builtins(file.get().getParent()));
                found.add(file.get());
            } else {
                found.add(file.get());
            }
        }
        if (!missing.isEmpty()) {
            throw unavailable(
                    missing.entrySet().stream()
                            .map(e -> String.join(", ", e.getValue())
                                    + (e.getValue().size() == 1 ? " is" : " are") + " not found; " + e.getKey())
                            .collect(Collectors.joining("; ")),
                    null);
        }
        return found;
    }

    private static List<Path> builtins(Path folder) {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder)) {
            var matcher = folder.getFileSystem().getPathMatcher("glob:" + BUILTINS);
            all.filter(f -> matcher.matches(f.getFileName())).sorted().forEach(files::add);
        } catch (IOException | UncheckedIOException e) { // NVRTC will say so
            return List.of();
        }
        return files;
    }

    /** Faults of linking become messages. */
    private static void asUnavailable(Runnable step) {
        try {
            step.run();
        } catch (LinkageError e) {
            throw unavailable("the libraries of CUDA cannot be loaded (" + firstLine(e) + ")", e);
        }
    }

    private static String firstLine(Throwable error) {
        Throwable deepest = error;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        String text = String.valueOf(deepest.getMessage()).strip();
        return text.lines().findFirst().orElse(deepest.toString());
    }

    static EngineException unavailable(String why, Throwable cause) {
        return new EngineException(EngineException.Kind.UNAVAILABLE, "cuda: " + why, cause);
    }
}
