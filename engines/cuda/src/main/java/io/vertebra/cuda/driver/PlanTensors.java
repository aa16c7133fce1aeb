package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_VARIANT_PACK_WORKSPACE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR;

import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.FloatPointer;

/** Where the tensors of a plan lie, and the numbers that it takes from the host; owns both. */
final class PlanTensors implements AutoCloseable {
    private final FloatPointer numbers;
    private final long[] addresses;
    private final Descriptor descriptor;

    /** @param given addresses of the plan's tensors, in its order */
    PlanTensors(ConvolutionPlan plan, long[] given, long workspace, String operator) {
        List<GraphParts.Constant> constants = plan.constants();
        numbers = new FloatPointer(constants.size());
        for (int i = 0; i < constants.size(); i++) {
            numbers.put(i, constants.get(i).value());
        }
        LongStream places = LongStream.range(0, constants.size()).map(i -> numbers.address() + i * Float.BYTES);
        addresses = LongStream.concat(LongStream.of(given), places).toArray();
        descriptor = new Descriptor(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR, operator);
        try {
            LongStream tensors = plan.tensors().stream().mapToLong(Tensor::id);
            LongStream others = constants.stream().mapToLong(GraphParts.Constant::id);
            descriptor
                    .longs(
                            CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS,
                            LongStream.concat(tensors, others).toArray())
                    .addresses(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, addresses)
                    .addresses(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, workspace)
                    .finish();
        } catch (RuntimeException | Error e) {
            close(); // nobody else knows it
            throw e;
        }
    }

    /** Of the tensors, then of the numbers. */
    long[] addresses() {
        return addresses;
    }

    Descriptor descriptor() {
        return descriptor;
    }

    @Override
    public void close() {
        descriptor.close();
        numbers.close();
    }
}
