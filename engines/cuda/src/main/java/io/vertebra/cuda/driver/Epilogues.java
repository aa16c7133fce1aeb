package io.vertebra.cuda.driver;

import io.vertebra.cuda.device.Device;
import io.vertebra.cuda.device.Functions;
import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.KernelSource;
import io.vertebra.cuda.device.Step;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.Activation;
import java.util.List;

/** What cuDNN and cuBLASLt leave to do: the kernels of {@code epilogue.cu}, and casts. */
final class Epilogues {
    private static final String FILE = "epilogue";
    private static final String CASTS = "layouts";
    private static final int PACK_BYTES = 16;

    private final Device device;

    /** On this device. */
    Epilogues(Device device) {
        this.device = device;
    }

    /**
     * {@code y = function(y + bias + addend)} in place; where there is an argument, {@code argument += bias + addend} in place and
     * {@code y = function(argument)}.
     *
     * @param argument address, or 0
     * @param bias address, or 0
     * @param addend address, or 0
     * @param function or {@code null}
     */
    Step finish(
            Type type,
            long y,
            long argument,
            long bias,
            long addend,
            Activation.Function function,
            long elements,
            int channels) {
        int pack = PACK_BYTES / type.bytes();
        boolean isPacked = (bias == 0 ? elements : channels) % pack == 0;
        return device.launch(
                file(type),
                isPacked ? "finish_convolution_packed" : "finish_convolution",
                Grid.over(isPacked ? elements / pack : elements),
                List.of(y, argument, bias, addend, Functions.number(function), elements, channels));
    }

    /** The file of {@link #finish}. */
    static KernelSource file(Type type) {
        return new KernelSource(FILE, type);
    }

    /** The file of {@link #widen} and {@link #narrow}. */
    static KernelSource casts(Type type) {
        return new KernelSource(CASTS, type);
    }

    /** A copy in F32. */
    Step widen(Type type, long from, long to, long elements) {
        return cast(type, "cast_to_float", from, to, elements);
    }

    /** A copy of F32 in a shorter type. */
    Step narrow(Type type, long from, long to, long elements) {
        return cast(type, "cast_from_float", from, to, elements);
    }

    private Step cast(Type type, String function, long from, long to, long elements) {
        return device.launch(casts(type), function, Grid.over(elements), List.of(from, to, elements));
    }
}
