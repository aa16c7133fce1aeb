package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cublas.cublasLtCreate;
import static org.bytedeco.cuda.global.cudart.cuDeviceGet;
import static org.bytedeco.cuda.global.cudart.cuDeviceGetName;
import static org.bytedeco.cuda.global.cudart.cuDriverGetVersion;
import static org.bytedeco.cuda.global.cudart.cudaDevAttrComputeCapabilityMajor;
import static org.bytedeco.cuda.global.cudart.cudaDevAttrComputeCapabilityMinor;
import static org.bytedeco.cuda.global.cudart.cudaDevAttrMultiProcessorCount;
import static org.bytedeco.cuda.global.cudart.cudaDeviceGetAttribute;
import static org.bytedeco.cuda.global.cudart.cudaFree;
import static org.bytedeco.cuda.global.cudart.cudaMemGetInfo;
import static org.bytedeco.cuda.global.cudart.cudaRuntimeGetVersion;
import static org.bytedeco.cuda.global.cudart.cudaSetDevice;
import static org.bytedeco.cuda.global.cudnn.cudnnGetCudartVersion;
import static org.bytedeco.cuda.global.cudnn.cudnnGetVersion;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.KernelSource;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.bytedeco.cuda.cublas.cublasLtContext;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * A card of this process: its primary context, its properties, the kernels compiled so far and the choices that were timed. One a
 * number, shared by all devices on it; it lives as long as the process, as the context does.
 */
final class Card {
    private static final Map<Integer, Card> CARDS = new HashMap<>();
    private static final int NAME = 256;
    /** Whether compiled code is kept in the user's cache: {@code false} for not. */
    private static final String CACHE = "vertebra.cuda.cache";
    /** Each takes some hundred MB. */
    private static final int MOST_COMPILERS = 8;

    private final int number;
    private final String name;
    private final int capability;
    private final int processors;
    private final Optional<CodeCache> cache;
    private final cublasLtContext products = new cublasLtContext();
    private final OnceEach<KernelSource, Kernels> kernels;
    private final Map<ConvolutionSpec, PlanChoice> choices = new ConcurrentHashMap<>();
    private final ReentrantLock exclusive = new ReentrantLock();

    private Card(int number) {
        this.number = number;
        enter();
        Status.runtime(cudaFree(null), Status.DEVICE, "cudaFree"); // makes the context
        byte[] bytes = new byte[NAME];
        int[] device = new int[1];
        Status.driver(cuDeviceGet(device, number), Status.DEVICE, "cuDeviceGet");
        Status.driver(cuDeviceGetName(bytes, bytes.length, device[0]), Status.DEVICE, "cuDeviceGetName");
        String text = new String(bytes, StandardCharsets.UTF_8);
        this.name = text.substring(0, Math.max(0, text.indexOf(0)));
        this.capability =
                10 * attribute(cudaDevAttrComputeCapabilityMajor) + attribute(cudaDevAttrComputeCapabilityMinor);
        this.processors = attribute(cudaDevAttrMultiProcessorCount);
        this.cache = CodeCache.ofUser(System.getenv(), System.getProperty(CACHE));
        KernelCompiler compiler = KernelCompiler.forCapability(capability, cache);
        this.kernels = new OnceEach<>(source -> {
            enter(); // this thread may be a new one
            return Kernels.load(source, compiler, this);
        });
    }

    /** The card of this number among those that {@code CUDA_VISIBLE_DEVICES} shows; the libraries are loaded. */
    static Card of(int number) {
        synchronized (CARDS) {
            return CARDS.computeIfAbsent(number, Card::new);
        }
    }

    /** Makes it the current one of this thread. */
    void enter() {
        Status.runtime(cudaSetDevice(number), Status.DEVICE, "cudaSetDevice");
    }

    /** The same where nothing can be done about a failure. */
    void tryEnter() {
        cudaSetDevice(number);
    }

    /**
     * cuBLASLt, which many threads may use at once. It is never closed: closing it waits for all streams of the card, and on an
     * H200 (driver 580.159) that wait broke down twice while other sessions came and went.
     */
    cublasLtContext products() {
        synchronized (products) {
            if (products.isNull()) {
                Status.products(alone(() -> cublasLtCreate(products)), Status.DEVICE, "cublasLtCreate");
            }
            return products;
        }
    }

    /**
     * Makes a call that waits for the whole card, as freeing memory and closing cuDNN do, records a sequence, or makes or frees
     * a stream or recorded sequence: CUDA breaks off a recording on any stream of a card that is waited for meanwhile, whatever
     * the thread.
     *
     * @return the call's status
     */
    int alone(IntSupplier call) {
        exclusive.lock();
        try {
            return call.getAsInt();
        } finally {
            exclusive.unlock();
        }
    }

    /** {@code NVIDIA H200, capability 9.0, CUDA 13.0, cuDNN 9.24.0}. */
    String description() {
        int[] runtime = new int[1];
        Status.runtime(cudaRuntimeGetVersion(runtime), Status.DEVICE, "cudaRuntimeGetVersion");
        return describe(name, capability, runtime[0], cudnnGetVersion());
    }

    /** With CUDA's version as 13000 and cuDNN's as 92400. */
    static String describe(String name, int capability, int runtime, long cudnn) {
        return name + ", capability " + capability / 10 + "." + capability % 10 + ", CUDA " + runtime / 1000 + "."
                + runtime % 1000 / 10 + ", cuDNN " + cudnn / 10000 + "." + cudnn % 10000 / 100 + "." + cudnn % 100;
    }

    int capability() {
        return capability;
    }

    /** Where compiled code is kept between starts, if anywhere. */
    Optional<CodeCache> cache() {
        return cache;
    }

    /** The description, with all that cuDNN may have compiled for. */
    String versions() {
        int[] driver = new int[1];
        Status.driver(cuDriverGetVersion(driver), Status.DEVICE, "cuDriverGetVersion");
        return description() + ", " + processors + " processors, driver for CUDA " + driver[0] + ", cuDNN built with "
                + cudnnGetCudartVersion();
    }

    int processors() {
        return processors;
    }

    /** Bytes that could be allocated now; the card is current. */
    long free() {
        try (SizeTPointer free = new SizeTPointer(1);
                SizeTPointer total = new SizeTPointer(1)) {
            Status.runtime(cudaMemGetInfo(free, total), Status.DEVICE, "cudaMemGetInfo");
            return free.get();
        }
    }

    /** The kernels of a file, compiled and loaded at the first request. */
    Kernels kernels(KernelSource source) {
        return kernels.get(source);
    }

    /** Compiles and loads what is not there yet, several files at once. */
    void prepare(Collection<KernelSource> sources) {
        kernels.prepare(sources, Math.min(Runtime.getRuntime().availableProcessors(), MOST_COMPILERS));
    }

    /** What was timed for convolutions like these, under specifications without a name. */
    Map<ConvolutionSpec, PlanChoice> choices() {
        return choices;
    }

    private int attribute(int which) {
        int[] value = new int[1];
        Status.runtime(cudaDeviceGetAttribute(value, which, number), Status.DEVICE, "cudaDeviceGetAttribute");
        return value[0];
    }

    @Override
    public String toString() {
        return name + " (card " + number + ")";
    }
}
