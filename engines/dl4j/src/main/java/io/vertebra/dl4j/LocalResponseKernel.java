package io.vertebra.dl4j;

import io.vertebra.graph.op.LocalResponseNorm;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Values divided by a power of what their neighbours along the channels hold, in float64 whatever the type. ND4J's own
 * {@code lrn} has windows with a middle only.
 *
 * <p>With s the base of each channel: {@code dx = dy · s^−β − 2αβ/size · x · Σ dy · x · s^(−β−1)} over the channels whose
 * neighbour this one is.
 */
record LocalResponseKernel(LocalResponseNorm op) implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray x = Reductions.wide(frame, frame.x(0));
        INDArray quotient = Reductions.wideLike(frame, x);
        frame.run("multiply", quotient, x, power(frame, bases(frame, x), -op.beta()));
        INDArray y = frame.newOutput();
        Reductions.narrow(frame, quotient, y);
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        INDArray x = Reductions.wide(frame, frame.x(0));
        INDArray bases = bases(frame, x);
        INDArray gradient = Reductions.wideLike(frame, x);
        frame.run("multiply", gradient, Reductions.wide(frame, dy), power(frame, bases, -op.beta()));
        INDArray ratios = Reductions.wideLike(frame, x);
        frame.run("multiply", ratios, gradient, x);
        frame.run("divide", ratios, ratios, bases);
        INDArray pull = sums(frame, ratios, op.behind(), op.before());
        frame.run("multiply", pull, pull, x);
        frame.run("multiply", pull, pull, Reductions.wide(frame, 2 * op.beta() * op.alpha() / op.size()));
        frame.run("subtract", gradient, gradient, pull);
        Reductions.narrow(frame, gradient, frame.newGradient(0));
    }

    /** k + α/size · Σ x². */
    private INDArray bases(Frame frame, INDArray x) {
        INDArray squares = Reductions.wideLike(frame, x);
        frame.run("multiply", squares, x, x);
        INDArray bases = sums(frame, squares, op.before(), op.behind());
        frame.run("multiply", bases, bases, Reductions.wide(frame, op.alpha() / op.size()));
        frame.run("add", bases, bases, Reductions.wide(frame, op.k()));
        return bases;
    }

    /** Each channel's sum over so many before and behind it: maps, moved along the channels, on top of each other. */
    private static INDArray sums(Frame frame, INDArray maps, int before, int behind) {
        int channels = (int) maps.size(1);
        INDArray sums = Reductions.wideLike(frame, maps);
        frame.run("assign", sums, sums, maps);
        for (int moved = -Math.min(before, channels - 1); moved <= Math.min(behind, channels - 1); moved++) {
            if (moved != 0) {
                int count = channels - Math.abs(moved);
                INDArray to = Views.channels(sums, Math.max(0, -moved), count);
                frame.run("add", to, to, Views.channels(maps, Math.max(0, moved), count));
            }
        }
        return sums;
    }

    private static INDArray power(Frame frame, INDArray bases, double exponent) {
        INDArray power = Reductions.wideLike(frame, bases);
        frame.run("Pow", power, bases, Reductions.wide(frame, exponent));
        return power;
    }
}
