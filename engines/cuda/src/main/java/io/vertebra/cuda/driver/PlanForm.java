package io.vertebra.cuda.driver;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.ConvolutionSpec.Epilogue;
import io.vertebra.cuda.device.ConvolutionSpec.Pass;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.Activation;
import java.util.ArrayList;
import java.util.List;

/** How much of a convolution's pass cuDNN does; what is left, a kernel of {@code epilogue.cu} does. */
enum PlanForm {
    /** All of it. */
    WHOLE,
    /** The convolution with bias and addend: the function follows in place. */
    SUM,
    /** The convolution alone: bias, addend and function follow in place. */
    BARE,
    /** The gradient of the weights in the type of the maps, in working memory: it is widened to F32 from there. */
    NARROW;

    /**
     * Bytes of a result from which a pass over it is worth more than the second that the compilation of an engine takes:
     * 8 microseconds of an H200.
     */
    static final long WORTH_COMPILING = 1L << 24;

    /**
     * Those that lead to the result, the better first: a pass over the result less, but for the gradient of bf16 weights, which
     * cuDNN's fast engines write as bf16 only. The kernel knows no gaps between cells.
     *
     * <p>Functions but ReLU are in engines only that cuDNN compiles at run time, with tensor cores. They are asked for where those
     * may be used and the result is large: before the others for windows of one cell, where reading and writing takes longer than
     * the sums, and behind them for other windows, for which precompiled engines may be the faster.
     */
    static List<PlanForm> of(ConvolutionSpec spec) {
        if (spec.pass() == Pass.WEIGHTS && spec.in() != spec.out()) {
            return List.of(NARROW, WHOLE);
        }
        Epilogue epilogue = spec.epilogue();
        if (spec.pass() != Pass.FORWARD || epilogue.equals(Epilogue.NONE) || spec.leavesGaps()) {
            return List.of(WHOLE);
        }
        if (!isCompiled(spec)) {
            return List.of(WHOLE, BARE);
        }
        List<PlanForm> forms =
                new ArrayList<>(epilogue.bias() || epilogue.addend() ? List.of(SUM, BARE) : List.of(BARE));
        if (!spec.isStrict() && Tensor.y(spec, 0, spec.out(), false).bytes() >= WORTH_COMPILING) {
            forms.add(spec.r() * spec.s() == 1 ? 0 : 1, WHOLE);
        }
        return List.copyOf(forms);
    }

    /** Whether all of it is computed only by engines that are compiled at run time. */
    private static boolean isCompiled(ConvolutionSpec spec) {
        Activation.Function function = spec.epilogue().function();
        return function != null && function != Activation.Function.RELU;
    }

    /** The type in which the bias goes in: precompiled engines add none but that of the maps. */
    Type biasOf(ConvolutionSpec spec) {
        return this == WHOLE && isCompiled(spec) ? Type.F32 : spec.in();
    }
}
