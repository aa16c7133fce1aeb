package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_ENGINEHEUR_DEVICEPROP;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_CHAR;

import java.nio.charset.StandardCharsets;
import org.bytedeco.javacpp.BytePointer;

/** A card that is not here: cuDNN makes plans for it from its properties. */
final class DescribedCard implements PlanTarget, AutoCloseable {
    /** An H200, as cuDNN 9.24 writes it. */
    private static final String H200 = """
            {"deviceVer": 900, "driverVer": 13000, "cudaDeviceId": 0, "deviceName": "NVIDIA H200", "multiProcessorCount": 132,
             "smCountOrigin": 0, "maxGridSize": [2147483647, 65535, 65535], "maxBlockSize": [1024, 1024, 64],
             "regsPerBlock": 65536, "warpSize": 32, "maxSharedMemoryPerBlock": 49152, "maxSharedMemoryPerBlockOptin": 232448,
             "reservedSharedMemoryPerBlock": 1024, "maxRegistersPerSM": 65536, "maxCtasPerSM": 32, "maxThreadsPerBlock": 1024,
             "maxThreadsPerSM": 2048, "pciDeviceId": 0, "isTccDriver": 0, "supportCoopLaunch": 1, "totalGlobalMem": 150754820096,
             "smClockRateKHz": 1980000, "memClockRateKHz": 3201000, "l2CacheSize": 52428800}""";

    private final Descriptor properties = new Descriptor(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR, "H200");

    /** Hopper. */
    DescribedCard() {
        byte[] text = H200.getBytes(StandardCharsets.UTF_8);
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
    public void close() {
        properties.close();
    }
}
