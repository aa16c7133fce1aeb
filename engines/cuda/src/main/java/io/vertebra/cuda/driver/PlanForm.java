package io.vertebra.cuda.driver;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.ConvolutionSpec.Epilogue;
import io.vertebra.cuda.device.ConvolutionSpec.Pass;
import java.util.List;

/** How much of a convolution's pass cuDNN does; what is left, a kernel of {@code epilogue.cu} does. */
enum PlanForm {
    /** All of it. */
    WHOLE,
    /** The convolution alone: bias, addend and ReLU follow in place. */
    BARE,
    /** The gradient of the weights in the type of the maps, in working memory: it is widened to F32 from there. */
    NARROW;

    /**
     * Those that lead to the result, the better first: a pass over the result less, but for the gradient of bf16 weights, which
     * cuDNN's fast engines write as bf16 only. The kernel knows no gaps between cells.
     */
    static List<PlanForm> of(ConvolutionSpec spec) {
        if (spec.pass() == Pass.WEIGHTS && spec.in() != spec.out()) {
            return List.of(NARROW, WHOLE);
        }
        boolean isBare = spec.pass() != Pass.FORWARD || spec.epilogue().equals(Epilogue.NONE) || spec.leavesGaps();
        return isBare ? List.of(WHOLE) : List.of(WHOLE, BARE);
    }
}
