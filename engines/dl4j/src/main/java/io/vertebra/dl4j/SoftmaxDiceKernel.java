package io.vertebra.dl4j;

import io.vertebra.graph.op.SoftmaxDice;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One minus the mean overlap of classes.
 *
 * <p>With D what stands below the line of an overlap o of M in all: {@code ∂L/∂p = 2 · (o · p − t) / (D · M)}, and from
 * there through the softmax.
 */
record SoftmaxDiceKernel(SoftmaxDice op) implements Kernel {

    /** Overlaps and what stands below their lines, a number for each picture and class. */
    @SuppressWarnings("ArrayRecordComponent") // handed on at once, compared by no one
    private record Overlaps(double[] of, double[] below) {}

    @Override
    public INDArray forward(Frame frame) {
        ClassRows rows = ClassRows.of(frame, frame.x(0));
        double[] overlaps = overlaps(frame, masked(frame, rows, rows.softmax()), target(frame, rows))
                .of();
        double sum = 0;
        for (double overlap : overlaps) {
            sum += overlap;
        }
        INDArray y = frame.newOutput();
        Host.put(y, new double[] {1 - sum / overlaps.length});
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        ClassRows rows = ClassRows.of(frame, frame.x(0));
        INDArray p = masked(frame, rows, rows.softmax());
        INDArray t = target(frame, rows);
        Overlaps overlaps = overlaps(frame, p, t);
        double[] ofP = new double[overlaps.of().length];
        double[] ofT = new double[ofP.length];
        for (int i = 0; i < ofP.length; i++) {
            ofT[i] = 2 * Host.first(dy) / (overlaps.below()[i] * ofP.length);
            ofP[i] = ofT[i] * overlaps.of()[i];
        }
        INDArray gradient = rows.scratch();
        frame.run("multiply", pictures(frame, gradient), pictures(frame, p), byPicture(frame, ofP));
        frame.run("multiply", pictures(frame, t), pictures(frame, t), byPicture(frame, ofT));
        frame.run("subtract", gradient, gradient, t);

        frame.run("multiply", t, gradient, p);
        frame.run("subtract", gradient, gradient, ClassRows.upright(rows.sums(t)));
        frame.run("multiply", gradient, gradient, p);
        ClassRows.back(frame, gradient, frame.newGradient(0));
    }

    private INDArray target(Frame frame, ClassRows rows) {
        return masked(frame, rows, rows.oneHot(frame.x(1), 1, 0));
    }

    /** 0 at positions that do not count. */
    private INDArray masked(Frame frame, ClassRows rows, INDArray values) {
        INDArray labels = Reductions.flat(frame.x(1));
        rows.scale(values, Reductions.flags(frame, "not_equals", labels, op.ignore(), frame.type()));
        return values;
    }

    private Overlaps overlaps(Frame frame, INDArray p, INDArray t) {
        INDArray product = frame.scratch(p.shape());
        frame.run("multiply", product, p, t);
        double[] both = sums(frame, product);
        frame.run("multiply", product, p, p);
        double[] below = sums(frame, product);
        double[] wanted = sums(frame, t);
        double[] of = new double[both.length];
        for (int i = 0; i < of.length; i++) {
            below[i] += wanted[i] + op.smooth();
            of[i] = (2 * both[i] + op.smooth()) / below[i];
        }
        return new Overlaps(of, below);
    }

    /** Sums over the positions of each picture, for each class; from line to line in float64. */
    private static double[] sums(Frame frame, INDArray rows) {
        INDArray x = frame.x(0);
        INDArray cells = Views.reshape(rows, x.size(0), x.size(2), x.size(3), x.size(1));
        INDArray lines = frame.scratch(x.size(0), x.size(2), x.size(1));
        Reductions.reduce(frame, "reduce_sum", cells, lines, 2);
        INDArray sums = frame.scratchOf(DataType.DOUBLE, x.size(0), x.size(1));
        Reductions.reduce(frame, "reduce_sum", Reductions.cast(frame, lines, DataType.DOUBLE), sums, 1);
        return Host.wide(sums);
    }

    /** Rows as (N, H · W, K). */
    private static INDArray pictures(Frame frame, INDArray rows) {
        INDArray x = frame.x(0);
        return Views.reshape(rows, x.size(0), x.size(2) * x.size(3), x.size(1));
    }

    private static INDArray byPicture(Frame frame, double[] values) {
        return frame.constant(values, frame.x(0).size(0), 1, frame.x(0).size(1));
    }
}
