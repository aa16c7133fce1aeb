package io.vertebra.dl4j;

import io.vertebra.graph.op.GroupNorm;
import io.vertebra.graph.op.LayerNorm;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Layer and group norm: sets of values brought to mean 0 and variance 1, then a factor and a shift a channel, in float64
 * whatever the type, as the gradient cancels. ND4J's own {@code layer_norm} has no ε.
 *
 * <p>A set lies along the middle axis of a view (outer, members, inner): a cell's channels, or a group's channels and
 * cells. With x̂ the normalised input, g = weight · dy and means over a set: {@code dx = (g − mean(g) − x̂ · mean(g · x̂)) /
 * √(σ² + ε)}.
 *
 * @param groups parts of the channels, each with all of its cells; 0: the channels of each cell
 */
record MomentNormKernel(double epsilon, int groups) implements Kernel {

    static MomentNormKernel of(LayerNorm op) {
        return new MomentNormKernel(op.epsilon(), 0);
    }

    static MomentNormKernel of(GroupNorm op) {
        return new MomentNormKernel(op.epsilon(), op.groups());
    }

    @Override
    public INDArray forward(Frame frame) {
        INDArray normalized = sets(Reductions.wide(frame, frame.x(0)));
        normalized = normalize(frame, normalized, deviation(frame, normalized));
        INDArray maps = maps(normalized, frame.x(0));
        frame.run("multiply", maps, maps, channels(frame, "weight"));
        frame.run("add", maps, maps, channels(frame, "bias"));
        INDArray y = frame.newOutput();
        Reductions.narrow(frame, normalized, y);
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        INDArray x = sets(Reductions.wide(frame, frame.x(0)));
        INDArray deviation = deviation(frame, x);
        INDArray normalized = normalize(frame, x, deviation);
        INDArray g = maps(Reductions.wide(frame, dy), dy);
        INDArray product = Reductions.wideLike(frame, g);
        frame.run("multiply", product, g, maps(normalized, dy));
        sum(frame, product, frame.gradient("weight"));
        sum(frame, g, frame.gradient("bias"));
        if (frame.wants(0)) {
            frame.run("multiply", product, product, channels(frame, "weight"));
            INDArray along = mean(frame, sets(product));
            INDArray gradient = Reductions.wideLike(frame, g);
            frame.run("multiply", gradient, g, channels(frame, "weight"));
            gradient = sets(gradient);
            INDArray share = mean(frame, gradient);
            frame.run("multiply", normalized, normalized, along);
            frame.run("subtract", gradient, gradient, share);
            frame.run("subtract", gradient, gradient, normalized);
            frame.run("divide", gradient, gradient, deviation);
            Reductions.narrow(frame, gradient, frame.newGradient(0));
        }
    }

    /** √(σ² + ε) of each set. */
    private INDArray deviation(Frame frame, INDArray sets) {
        INDArray squares = Reductions.wideLike(frame, sets);
        frame.run("subtract", squares, sets, mean(frame, sets));
        frame.run("multiply", squares, squares, squares);
        INDArray variance = mean(frame, squares);
        frame.run("add", variance, variance, Reductions.wide(frame, epsilon));
        frame.run("Pow", variance, variance, Reductions.wide(frame, 0.5));
        return variance;
    }

    private static INDArray normalize(Frame frame, INDArray sets, INDArray deviation) {
        INDArray normalized = Reductions.wideLike(frame, sets);
        frame.run("subtract", normalized, sets, mean(frame, sets));
        frame.run("divide", normalized, normalized, deviation);
        return normalized;
    }

    /** (outer, 1, inner). */
    private static INDArray mean(Frame frame, INDArray sets) {
        INDArray mean = frame.scratchOf(DataType.DOUBLE, sets.size(0), 1, sets.size(2));
        Reductions.reduce(frame, "reduce_mean", sets, mean, 1);
        return mean;
    }

    private INDArray sets(INDArray array) {
        long outer = array.size(0);
        return groups == 0
                ? Views.reshape(array, outer, array.size(1), -1)
                : Views.reshape(array, outer * groups, array.length() / outer / groups, 1);
    }

    /** (N, C, H·W). */
    private static INDArray maps(INDArray array, INDArray like) {
        return Views.reshape(array, like.size(0), like.size(1), -1);
    }

    private static INDArray channels(Frame frame, String parameter) {
        INDArray values = Reductions.wide(frame, frame.parameter(parameter));
        return Views.reshape(values, 1, values.length(), 1);
    }

    /** Sums of each channel, unless the parameter is a constant. */
    private static void sum(Frame frame, INDArray maps, INDArray to) {
        if (to != null) {
            INDArray sums = frame.scratchOf(DataType.DOUBLE, to.length());
            Reductions.reduce(frame, "reduce_sum", maps, sums, 0, 2);
            Reductions.narrow(frame, sums, to);
        }
    }
}
