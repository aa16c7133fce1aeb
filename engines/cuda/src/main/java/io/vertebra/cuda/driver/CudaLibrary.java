package io.vertebra.cuda.driver;

import java.util.List;

/**
 * A library that the bindings need, with what a user installs to have it.
 *
 * @param file its name
 * @param remedy what brings it
 */
record CudaLibrary(String file, String remedy) {
    private static final String DRIVER = "install NVIDIA's driver 580 or newer";
    private static final String CUDA = "install CUDA 13 or add its folder to LD_LIBRARY_PATH";
    private static final String CUDNN = "install cuDNN 9 for CUDA 13 or add its folder to LD_LIBRARY_PATH";

    /** In the order in which they are loaded: each finds what it needs among those before it. */
    static List<CudaLibrary> all() {
        return List.of(
                new CudaLibrary("libcuda.so.1", DRIVER),
                new CudaLibrary("libcudart.so.13", CUDA),
                new CudaLibrary("libnvrtc.so.13", CUDA),
                new CudaLibrary("libcublasLt.so.13", CUDA),
                new CudaLibrary("libcublas.so.13", CUDA),
                new CudaLibrary("libcudnn_graph.so.9", CUDNN),
                new CudaLibrary("libcudnn_ops.so.9", CUDNN),
                new CudaLibrary("libcudnn_cnn.so.9", CUDNN),
                new CudaLibrary("libcudnn_adv.so.9", CUDNN));
    }
}
