package io.vertebra.dl4j;

import io.vertebra.graph.engine.CounterHash;
import io.vertebra.graph.op.DropPath;
import io.vertebra.graph.op.Dropout;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Dropout and drop path: a product with a mask of 0 and 1 / (1 − rate), one number for each element or each sample. The
 * mask is a loop in Java: ND4J has no counter hash.
 */
record DropKernel(double rate, boolean wholeSamples) implements Kernel {

    static DropKernel elements(Dropout op) {
        return new DropKernel(op.rate(), false);
    }

    static DropKernel samples(DropPath op) {
        return new DropKernel(op.rate(), true);
    }

    @Override
    public INDArray forward(Frame frame) {
        INDArray x = frame.x(0);
        INDArray y = frame.newOutput();
        if (frame.pass().trainingForm()) {
            frame.run("multiply", y, x, mask(frame, x));
        } else {
            frame.run("assign", y, y, x);
        }
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        INDArray dx = frame.newGradient(0);
        if (frame.pass().trainingForm()) {
            frame.run("multiply", dx, dy, frame.kept(0));
        } else {
            frame.run("assign", dx, dx, dy);
        }
    }

    private INDArray mask(Frame frame, INDArray x) {
        long[] shape = x.shape().clone();
        if (wholeSamples) {
            Arrays.fill(shape, 1, shape.length, 1);
        }
        INDArray mask = frame.keep(shape);
        long key = frame.pass().key(frame.node());
        double[] factors = new double[Math.toIntExact(mask.length())];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = CounterHash.uniform(key, i) < rate ? 0 : 1 / (1 - rate);
        }
        Host.put(mask, factors);
        return mask;
    }
}
