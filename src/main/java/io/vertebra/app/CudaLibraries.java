package io.vertebra.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
            "libcublas.so.13",
            "libcublasLt.so.13",
            "libnvrtc.so.13",
            "libcudnn_graph.so.9");

    private static final List<String> USUAL = List.of(
            "/usr/local/cuda/lib64",
            "/usr/local/cuda-11.6/lib64",
            "/usr/local/nvidia/lib64",
            "/usr/lib/x86_64-linux-gnu",
            "/usr/lib/aarch64-linux-gnu",
            "/usr/lib64",
            "/usr/lib");

    private CudaLibraries() {}

    /** Those of this process. */
    public static Map<String, Optional<Path>> here() {
        return found(System.getenv().getOrDefault("LD_LIBRARY_PATH", ""));
    }

    /** Each name with the first folder of the search path, then of the usual ones, that has it. */
    static Map<String, Optional<Path>> found(String searchPath) {
        List<Path> folders = new ArrayList<>();
        Stream.of(searchPath.split(":", -1))
                .filter(f -> !f.isBlank())
                .map(Path::of)
                .forEach(folders::add);
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
}
