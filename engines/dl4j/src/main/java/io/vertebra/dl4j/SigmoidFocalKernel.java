package io.vertebra.dl4j;

import io.vertebra.graph.op.HardNegativeCrossEntropy;
import io.vertebra.graph.op.SigmoidFocal;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Focal loss, in float64 whatever the type.
 *
 * <p>With s = z for the wanted column and −z else, u = σ(−s) = 1 − p_t, ℓ = −log p_t and f = α_t · u^γ: {@code L = f · ℓ}
 * and {@code dL/ds = −f · (γ · (1 − u) · ℓ + u)}.
 */
record SigmoidFocalKernel(SigmoidFocal op) implements Kernel {

    private record Terms(ClassRows rows, INDArray sign, INDArray u, INDArray log, INDArray f) {}

    @Override
    public INDArray forward(Frame frame) {
        Terms terms = terms(frame);
        INDArray product = terms.f();
        frame.run("multiply", product, product, terms.log());
        INDArray anchors = terms.rows().sums(product);
        frame.run("multiply", anchors, anchors, shares(frame, 1));
        INDArray y = frame.newOutput();
        Host.put(y, new double[] {Reductions.sum(frame, anchors)});
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        Terms terms = terms(frame);
        INDArray p = terms.rows().scratch();
        frame.run("subtract", p, wide(frame, 1), terms.u());
        INDArray gradient = terms.log();
        frame.run("multiply", gradient, gradient, p);
        frame.run("multiply", gradient, gradient, wide(frame, op.gamma()));
        frame.run("add", gradient, gradient, terms.u());
        frame.run("multiply", gradient, gradient, terms.f());
        frame.run("multiply", gradient, gradient, terms.sign());
        terms.rows().scale(gradient, shares(frame, -Host.first(dy)));
        ClassRows.back(frame, Reductions.cast(frame, gradient, frame.type()), frame.newGradient(0));
    }

    private Terms terms(Frame frame) {
        ClassRows rows = ClassRows.of(frame, Reductions.wide(frame, frame.x(0)));
        INDArray wanted = wanted(frame, rows);
        INDArray sign = rows.scratch();
        frame.run("multiply", sign, wanted, wide(frame, 2));
        frame.run("subtract", sign, sign, wide(frame, 1));
        INDArray s = rows.scratch();
        frame.run("multiply", s, rows.logits(), sign);
        INDArray negative = rows.scratch();
        frame.run("subtract", negative, wide(frame, 0), s);
        INDArray u = rows.scratch();
        frame.run("sigmoid", u, negative);

        INDArray f = rows.scratch();
        frame.run("Pow", f, u, wide(frame, op.gamma()));
        if (op.alpha() >= 0) {
            frame.run("multiply", wanted, wanted, wide(frame, 2 * op.alpha() - 1));
            frame.run("add", wanted, wanted, wide(frame, 1 - op.alpha()));
            frame.run("multiply", f, f, wanted);
        }
        return new Terms(rows, sign, u, log(frame, rows, s, negative), f);
    }

    /** 1 in the wanted column of each anchor, else 0. */
    private INDArray wanted(Frame frame, ClassRows rows) {
        INDArray labels = Reductions.flat(frame.x(1));
        if (op.wanted(1, Math.toIntExact(rows.classes())) == 0) {
            INDArray one = frame.scratchOf(DataType.INT32, 1);
            Host.put(one, new int[] {1});
            INDArray columns = frame.scratchOf(DataType.INT32, labels.length());
            frame.run("subtract", columns, labels, one);
            return rows.oneHot(columns, 1, 0);
        }
        INDArray wanted = rows.oneHot(labels, 1, 0);
        if (!op.background()) {
            rows.scale(wanted, Reductions.flags(frame, "not_equals", labels, 0, DataType.DOUBLE));
        }
        return wanted;
    }

    /** log(1 + exp(−s)) = max(−s, 0) + log(1 + exp(−|s|)): ND4J's softplus alone overflows. */
    private static INDArray log(Frame frame, ClassRows rows, INDArray s, INDArray negative) {
        INDArray log = rows.scratch();
        frame.run("minimum", log, s, negative);
        frame.run("softplus", log, log);
        frame.run("relu", new INDArray[] {negative}, new INDArray[] {negative}, Arguments.floats(0));
        frame.run("add", log, log, negative);
        return log;
    }

    /** For each anchor that counts a number over the anchors that the average is over, else 0. */
    private INDArray shares(Frame frame, double number) {
        INDArray labels = Reductions.flat(frame.x(1));
        INDArray shares =
                Reductions.flags(frame, "not_equals", labels, HardNegativeCrossEntropy.IGNORE, DataType.DOUBLE);
        double share = number / Reductions.anchors(frame, labels, op.average());
        frame.run("multiply", shares, shares, wide(frame, share));
        return shares;
    }

    private static INDArray wide(Frame frame, double value) {
        return Reductions.wide(frame, value);
    }
}
