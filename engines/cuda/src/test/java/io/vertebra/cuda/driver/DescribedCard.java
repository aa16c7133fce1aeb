package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_ENGINEHEUR_DEVICEPROP;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_CHAR;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;

/** A card that is not here: cuDNN makes plans for it from its properties. */
final class DescribedCard implements PlanTarget, AutoCloseable {
    /**
     * Cards: name, capability, processors, threads of a processor, bytes of shared memory of a block, of all memory and of the
     * cache; the rest is an H200's, as cuDNN 9.24 writes it.
     */
    enum Model {
        /** Turing. */
        T4("Tesla T4", 75, 40, 1024, 65536, 15_828_320_256L, 4_194_304),
        /** Ampere, as in data centres. */
        A100("NVIDIA A100-SXM4-80GB", 80, 108, 2048, 166_912, 85_100_068_864L, 41_943_040),
        /** Ampere. */
        A10("NVIDIA A10", 86, 72, 1536, 101_376, 23_609_475_072L, 6_291_456),
        /** Ada. */
        L40S("NVIDIA L40S", 89, 142, 1536, 101_376, 47_810_936_832L, 100_663_296),
        /** Hopper. */
        H200("NVIDIA H200", 90, 132, 2048, 232_448, 150_754_820_096L, 52_428_800);

        private final String properties;

        Model(String name, int capability, int processors, int threads, int shared, long memory, int cache) {
            this.properties =
                    String.format(Locale.ROOT, """
                    {"deviceVer": %d, "driverVer": 13000, "cudaDeviceId": 0, "deviceName": "%s", "multiProcessorCount": %d,
                     "smCountOrigin": 0, "maxGridSize": [2147483647, 65535, 65535], "maxBlockSize": [1024, 1024, 64],
                     "regsPerBlock": 65536, "warpSize": 32, "maxSharedMemoryPerBlock": 49152, "maxSharedMemoryPerBlockOptin": %d,
                     "reservedSharedMemoryPerBlock": 1024, "maxRegistersPerSM": 65536, "maxCtasPerSM": 32, "maxThreadsPerBlock": 1024,
                     "maxThreadsPerSM": %d, "pciDeviceId": 0, "isTccDriver": 0, "supportCoopLaunch": 1, "totalGlobalMem": %d,
                     "smClockRateKHz": 1980000, "memClockRateKHz": 3201000, "l2CacheSize": %d}""", capability * 10, name, processors, shared, threads, memory, cache);
        }
    }

    private final Descriptor properties;
    private final String description;
    private final Optional<CodeCache> cache;

    /** Hopper. */
    DescribedCard() {
        this(Model.H200);
    }

    DescribedCard(Model model) {
        this(model, Optional.empty());
    }

    /** Where compiled engines are kept. */
    DescribedCard(Model model, Optional<CodeCache> cache) {
        this.description = model.properties;
        this.cache = cache;
        properties = new Descriptor(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR, model.name());
        byte[] text = model.properties.getBytes(StandardCharsets.UTF_8);
        try (BytePointer pointer = new BytePointer(text)) {
            properties
                    .set(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, text.length, pointer)
                    .finish();
        }
    }

    @Override
    public void describeGraph(Descriptor graph) {
        // no handle: there is no card
    }

    @Override
    public void describeQuestion(Descriptor question) {
        question.descriptor(CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, properties);
    }

    @Override
    public void describePlan(Descriptor plan) {
        plan.descriptor(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, properties);
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public Optional<CodeCache> cache() {
        return cache;
    }

    @Override
    public void close() {
        properties.close();
    }
}
