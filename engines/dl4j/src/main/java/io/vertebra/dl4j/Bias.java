package io.vertebra.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The bias of a layer, one number a channel of maps or vectors. */
final class Bias {
    private static final String NAME = "bias";

    private Bias() {}

    /** Adds it to the value. */
    static void add(Frame frame, INDArray y) {
        INDArray[] in = {y, frame.parameter(NAME)};
        frame.run("biasadd", in, new INDArray[] {y}, Arguments.NONE.withFlags(true));
    }

    /** Writes its gradient, the sums over all but the channels, unless it is a constant. */
    static void gradient(Frame frame, INDArray dy) {
        INDArray gradient = frame.gradient(NAME);
        if (gradient != null) {
            Reductions.reduce(frame, "reduce_sum", dy, gradient, dy.rank() == 2 ? new int[] {0} : new int[] {0, 2, 3});
        }
    }
}
