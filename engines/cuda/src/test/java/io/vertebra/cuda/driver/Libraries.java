package io.vertebra.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The libraries of CUDA for tests on a machine without a card: those that {@code VERTEBRA_CUDA_LIBRARIES} names, over an empty
 * libcuda.so.1 where there is no driver. The bindings' native side comes with the profile cuda.
 */
final class Libraries {
    private static final String OWN = System.getenv().getOrDefault("VERTEBRA_CUDA_LIBRARIES", "");
    private static final Pattern FUNCTION = Pattern.compile("\\bcu[A-Z]\\w*");
    private static final int NO_DEVICE = 100;
    /**
     * Code can be "loaded", so that cuDNN's engines that compile at run time can finish their plans; every other function of the
     * driver says that there is no device.
     */
    private static final Map<String, String> STUB = Map.of(
            "cuLibraryLoadData", "(void **p) { *p = object; return 0; }",
            "cuLibraryGetKernel", "(void **p) { *p = object; return 0; }",
            "cuLibraryUnload", "(void *p) { return 0; }",
            "cuKernelSetAttribute", "(void *p) { return 0; }",
            "cuKernelGetAttribute", "(int *p) { *p = 1024; return 0; }",
            "cuDriverGetVersion", "(int *p) { *p = 13000; return 0; }",
            "cuGetErrorName", "(int error, const char **p) { *p = \"CUDA_ERROR_OF_STUB\"; return 0; }",
            "cuGetErrorString", "(int error, const char **p) { *p = \"stub\"; return 0; }");

    private static boolean loaded;

    private Libraries() {}

    /** Loads them, or skips the test. */
    static synchronized void load() throws IOException, InterruptedException {
        assumeTrue(
                !OWN.isEmpty() && hasNatives(),
                "needs VERTEBRA_CUDA_LIBRARIES=<folder of pip's nvidia packages> and the profile cuda");
        if (!loaded) {
            boolean hasDriver = LibraryFolders.of(OWN, "").find("libcuda.so.1").isPresent();
            CudaLoader.load(
                    Libraries.class.getClassLoader(), LibraryFolders.of(hasDriver ? OWN : OWN + ":" + stub(), ""));
            loaded = true;
        }
    }

    private static boolean hasNatives() {
        return Libraries.class.getResource("/org/bytedeco/cuda/linux-x86_64/libjnicudart.so") != null;
    }

    private static Path stub() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("stub");
        Path source = folder.resolve("stub.c");
        Files.writeString(source, "static long object[64];\n");
        for (String function : functions()) {
            String body = STUB.getOrDefault(function, "(void) { return " + NO_DEVICE + "; }");
            Files.writeString(source, "int " + function + body + "\n", StandardOpenOption.APPEND);
        }
        Path library = folder.resolve("libcuda.so.1");
        Process gcc = new ProcessBuilder(
                        "gcc",
                        "-w",
                        "-shared",
                        "-fPIC",
                        "-Wl,-soname,libcuda.so.1",
                        "-o",
                        library.toString(),
                        source.toString())
                .inheritIO()
                .start();
        assertThat(gcc.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(gcc.exitValue()).isZero();
        Files.delete(source);
        folder.toFile().deleteOnExit();
        library.toFile().deleteOnExit();
        return folder;
    }

    /** All that the driver's header names. */
    private static Set<String> functions() throws IOException {
        Path header = LibraryFolders.of(OWN, "")
                .find("../include/cuda.h")
                .orElseThrow(() -> new IllegalStateException("no cuda.h beside the libraries in " + OWN));
        return FUNCTION.matcher(Files.readString(header))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
