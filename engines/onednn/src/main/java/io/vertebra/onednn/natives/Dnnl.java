package io.vertebra.onednn.natives;

import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_engine_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_get_effective_cpu_isa;
import static org.bytedeco.dnnl.global.dnnl.dnnl_out_of_memory;
import static org.bytedeco.dnnl.global.dnnl.dnnl_set_primitive_cache_capacity;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_default_flags;
import static org.bytedeco.dnnl.global.dnnl.dnnl_success;
import static org.bytedeco.dnnl.global.dnnl.dnnl_unimplemented;
import static org.bytedeco.dnnl.global.dnnl.dnnl_version;

import io.vertebra.graph.engine.EngineException;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.dnnl_version_t;

/** The library: loaded once for the process, with one CPU engine and one stream that all sessions share. */
public final class Dnnl {
    /** Bits of {@code dnnl_cpu_isa_t}: AVX-512 with BW, VL and DQ, and its bfloat16 instructions. */
    private static final int AVX512_CORE = 0x27;

    private static final int AVX512_BF16 = 0xe7;
    private static final int AVX2 = 0x7;

    /** Compiled kernels kept by oneDNN: several plans of a large network, and no unbounded growth with ever new sizes. */
    private static final int CACHED_PRIMITIVES = 512;

    private static final String MAX_PHYSICAL = "org.bytedeco.javacpp.maxphysicalbytes";

    private Dnnl() {}

    /** Loaded with the first use, so that a provider can exist without natives. */
    private static final class Library {
        private static final dnnl_engine ENGINE = new dnnl_engine();
        private static final dnnl_stream STREAM = new dnnl_stream();

        static {
            check(dnnl_set_primitive_cache_capacity(CACHED_PRIMITIVES), "primitive cache");
            check(dnnl_engine_create(ENGINE, dnnl_cpu, 0), "engine");
            check(dnnl_stream_create(STREAM, ENGINE, dnnl_stream_default_flags), "stream");
        }
    }

    /**
     * Loads the library.
     *
     * @throws EngineException if there is none for this machine
     */
    public static void load() {
        // JavaCPP counts the memory of the whole process against -Xmx otherwise, and plans live outside the heap
        if (System.getProperty(MAX_PHYSICAL) == null) {
            System.setProperty(MAX_PHYSICAL, "0");
        }
        try {
            engine();
        } catch (LinkageError | RuntimeException e) {
            throw new EngineException(
                    EngineException.Kind.UNAVAILABLE,
                    "onednn: the native library cannot be loaded on " + System.getProperty("os.name") + " "
                            + System.getProperty("os.arch") + " (" + e + "); use engine dl4j, or add the natives",
                    e);
        }
    }

    static dnnl_engine engine() {
        return Library.ENGINE;
    }

    static dnnl_stream stream() {
        return Library.STREAM;
    }

    /** {@code 3.11.0}. */
    public static String version() {
        dnnl_version_t version = dnnl_version();
        return version.major() + "." + version.minor() + "." + version.patch();
    }

    /** Channels in a block of the layout that convolutions like best here: 16 with AVX-512, 8 with AVX2, 1 elsewhere. */
    public static int channelBlock() {
        int isa = dnnl_get_effective_cpu_isa();
        return has(isa, AVX512_CORE) ? 16 : has(isa, AVX2) ? 8 : 1;
    }

    /** Whether bfloat16 can be computed, by instructions or by oneDNN's emulation. */
    public static boolean servesBf16() {
        return has(dnnl_get_effective_cpu_isa(), AVX512_CORE);
    }

    /** Whether bfloat16 has instructions of its own. */
    public static boolean hasBf16() {
        return has(dnnl_get_effective_cpu_isa(), AVX512_BF16);
    }

    /** The threads that oneDNN computes with: OpenMP's own rule, which it applies when it is loaded. */
    public static int threads() {
        String wanted = System.getenv("OMP_NUM_THREADS");
        boolean isNumber = wanted != null && wanted.matches("[1-9][0-9]{0,3}");
        return isNumber ? Integer.parseInt(wanted) : Runtime.getRuntime().availableProcessors();
    }

    /** The instruction set in words. */
    public static String instructionSet() {
        int isa = dnnl_get_effective_cpu_isa();
        return has(isa, AVX512_BF16)
                ? "avx512_core_bf16"
                : has(isa, AVX512_CORE) ? "avx512_core" : has(isa, AVX2) ? "avx2" : "isa 0x" + Integer.toHexString(isa);
    }

    private static boolean has(int isa, int bits) {
        return (isa & bits) == bits;
    }

    /** Throws unless the call succeeded. */
    static void check(int status, String what) {
        if (status == dnnl_success) {
            return;
        }
        EngineException.Kind kind = status == dnnl_out_of_memory
                ? EngineException.Kind.OUT_OF_MEMORY
                : status == dnnl_unimplemented ? EngineException.Kind.UNSUPPORTED : EngineException.Kind.FAILED;
        throw new EngineException(kind, "onednn: " + what + ": " + name(status));
    }

    private static String name(int status) {
        String[] names = {
            "success", "out of memory", "invalid arguments", "unimplemented", "last implementation reached"
        };
        return "status " + status + (status < names.length ? " (" + names[status] + ")" : "");
    }
}
