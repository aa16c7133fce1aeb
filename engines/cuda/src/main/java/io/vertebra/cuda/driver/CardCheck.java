package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cudart.cudaDevAttrComputeCapabilityMajor;
import static org.bytedeco.cuda.global.cudart.cudaDevAttrComputeCapabilityMinor;
import static org.bytedeco.cuda.global.cudart.cudaDeviceGetAttribute;
import static org.bytedeco.cuda.global.cudart.cudaDriverGetVersion;
import static org.bytedeco.cuda.global.cudart.cudaErrorNoDevice;
import static org.bytedeco.cuda.global.cudart.cudaGetDeviceCount;
import static org.bytedeco.cuda.global.cudart.cudaGetErrorName;
import static org.bytedeco.cuda.global.cudart.cudaGetErrorString;

import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.cuda.global.nvrtc;
import org.bytedeco.javacpp.Loader;

/** Whether the first card and its driver serve CUDA 13. The first class of this package that needs the bindings. */
final class CardCheck {
    private static final int CUDA_13 = 13000;
    private static final int TURING = 75;

    private CardCheck() {}

    /** Loads the native side of the bindings. */
    static void initialize() {
        // JavaCPP counts the memory of the whole process against -Xmx otherwise
        if (System.getProperty("org.bytedeco.javacpp.maxphysicalbytes") == null) {
            System.setProperty("org.bytedeco.javacpp.maxphysicalbytes", "0");
        }
        Loader.load(cudart.class);
        Loader.load(nvrtc.class);
        Loader.load(cublas.class);
        Loader.load(cudnn.class);
    }

    /** Asks the driver; nothing is made on the card. */
    static void check() {
        int[] value = new int[1];
        int status = cudaDriverGetVersion(value);
        int driver = status == 0 ? value[0] : 0;
        status = cudaGetDeviceCount(value);
        String said = status == 0
                ? ""
                : cudaGetErrorName(status).getString() + ": "
                        + cudaGetErrorString(status).getString();
        refuse(driver, status == cudaErrorNoDevice, said, value[0]);
        int capability =
                10 * attribute(cudaDevAttrComputeCapabilityMajor) + attribute(cudaDevAttrComputeCapabilityMinor);
        refuse(capability);
    }

    /**
     * Throws if the driver cannot serve.
     *
     * @param driver newest CUDA that it serves, as 13000; 0 if there is no driver
     * @param noDevice whether the runtime found none
     * @param said the runtime's fault, or nothing
     * @param cards how many there are
     */
    static void refuse(int driver, boolean noDevice, String said, int cards) {
        if (driver == 0) {
            throw CudaLoader.unavailable("there is no NVIDIA driver here", null);
        }
        if (driver < CUDA_13) {
            String serves = driver / 1000 + "." + driver % 1000 / 10;
            throw CudaLoader.unavailable(
                    "the driver serves CUDA " + serves + ", this engine needs 13.0; install driver 580 or newer", null);
        }
        if (noDevice || (said.isEmpty() && cards < 1)) {
            throw CudaLoader.unavailable("the driver finds no card (is CUDA_VISIBLE_DEVICES set?)", null);
        }
        if (!said.isEmpty()) {
            throw CudaLoader.unavailable("cudaGetDeviceCount: " + said, null);
        }
    }

    /** Throws if CUDA 13 has no code for this capability. */
    static void refuse(int capability) {
        if (capability < TURING) {
            throw CudaLoader.unavailable(
                    "the card has capability " + capability / 10 + "." + capability % 10
                            + ", CUDA 13 serves 7.5 and newer; engine dl4j with VERTEBRA_PROFILES=cuda-11.6 serves 6.0 to 8.9",
                    null);
        }
    }

    private static int attribute(int which) {
        int[] value = new int[1];
        Status.runtime(cudaDeviceGetAttribute(value, which, 0), Status.DEVICE, "cudaDeviceGetAttribute");
        return value[0];
    }
}
