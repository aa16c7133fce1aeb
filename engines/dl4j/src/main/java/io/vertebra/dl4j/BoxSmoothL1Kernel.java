package io.vertebra.dl4j;

import io.vertebra.graph.op.BoxSmoothL1;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Smooth L1 distance of the positive anchors' encodings, in float64 whatever the type.
 *
 * <p>With the slope {@code g = d / β} between −1 and 1, or the sign of d where β is 0: {@code L = g · (d − β · g / 2)} and
 * {@code dL/dd = g}.
 */
record BoxSmoothL1Kernel(BoxSmoothL1 op) implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray distances = distances(frame);
        INDArray slopes = slopes(frame, distances);
        INDArray product = Reductions.wideLike(frame, distances);
        frame.run("multiply", product, slopes, Reductions.wide(frame, op.beta() / 2));
        frame.run("subtract", product, distances, product);
        frame.run("multiply", product, product, slopes);
        INDArray y = frame.newOutput();
        Host.put(
                y,
                new double[] {Reductions.sum(frame, product) / Reductions.anchors(frame, labels(frame), op.average())});
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        INDArray slopes = slopes(frame, distances(frame));
        double share = Host.first(dy) / Reductions.anchors(frame, labels(frame), op.average());
        frame.run("multiply", slopes, slopes, Reductions.wide(frame, share));
        Reductions.narrow(frame, slopes, frame.newGradient(0));
    }

    /** From the targets (N · A, 4); 0 for anchors that are not positive, whatever their targets are. */
    private static INDArray distances(Frame frame) {
        INDArray labels = labels(frame);
        INDArray encodings = Reductions.wide(frame, frame.x(0));
        INDArray distances =
                frame.scratchOf(DataType.DOUBLE, labels.length(), frame.x(0).size(2));
        INDArray targets = Reductions.wide(frame, frame.x(1));
        frame.run(
                "subtract",
                distances,
                Views.reshape(encodings, distances.shape()),
                Views.reshape(targets, distances.shape()));
        INDArray positive = Reductions.holds(frame, "greater", labels, 0);
        INDArray zeros = Reductions.wideLike(frame, distances).assign(0);
        INDArray chosen = Reductions.wideLike(frame, distances);
        frame.run("select", chosen, positive, distances, zeros);
        return chosen;
    }

    private INDArray slopes(Frame frame, INDArray distances) {
        INDArray slopes = Reductions.wideLike(frame, distances);
        if (op.beta() > 0) {
            frame.run("divide", slopes, distances, Reductions.wide(frame, op.beta()));
            frame.run("clipbyvalue", new INDArray[] {slopes}, new INDArray[] {slopes}, Arguments.floats(-1, 1));
        } else {
            frame.run("subtract", slopes, Reductions.wide(frame, 0), distances);
            frame.run("maximum", slopes, distances, slopes);
            frame.run("divide_no_nan", slopes, distances, slopes);
        }
        return slopes;
    }

    private static INDArray labels(Frame frame) {
        return Reductions.flat(frame.x(2));
    }
}
