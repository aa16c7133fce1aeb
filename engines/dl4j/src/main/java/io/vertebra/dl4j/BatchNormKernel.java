package io.vertebra.dl4j;

import io.vertebra.graph.op.BatchNorm;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Batch normalisation with the batch's or the running statistics.
 *
 * <p>With x̂ the normalised input and M the elements of a channel, the gradient is {@code dx = weight / √(σ² + ε) · (dy −
 * Σdy / M − x̂ · Σ(dy · x̂) / M)}, the last two terms only for the batch's statistics; it is composed. ND4J's {@code
 * batchnorm_bp} takes every mean and variance for the batch's own, and 1 / M is a float in it whatever the type.
 */
record BatchNormKernel(BatchNorm op) implements Kernel {
    private static final int CHANNELS = 1;

    @Override
    public INDArray forward(Frame frame) {
        INDArray x = frame.x(0);
        INDArray mean = frame.parameter("running_mean");
        INDArray variance = frame.parameter("running_var");
        if (takesBatch(frame)) {
            mean = frame.keep(x.size(CHANNELS));
            variance = frame.keep(x.size(CHANNELS));
            frame.run(
                    "moments",
                    new INDArray[] {x},
                    new INDArray[] {mean, variance},
                    Arguments.ints(otherAxes(x)).withFlags(false));
            if (frame.pass().movesStatistics()) {
                double count = (double) x.length() / x.size(CHANNELS);
                move(frame, frame.parameter("running_mean"), mean, 1);
                move(frame, frame.parameter("running_var"), variance, count / (count - 1));
            }
        }
        INDArray y = frame.newOutput();
        normalize(frame, x, mean, variance, frame.parameter("weight"), frame.parameter("bias"), y);
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        INDArray x = frame.x(0);
        boolean takesBatch = takesBatch(frame);
        INDArray mean = takesBatch ? frame.kept(0) : frame.parameter("running_mean");
        INDArray variance = takesBatch ? frame.kept(1) : frame.parameter("running_var");
        INDArray zeros = frame.scratch(x.size(CHANNELS)).assign(0);
        INDArray ones = frame.scratch(x.size(CHANNELS)).assign(1);

        if (!takesBatch && frame.gradient("weight") == null && frame.gradient("bias") == null) {
            normalize(frame, dy, zeros, variance, frame.parameter("weight"), zeros, frame.newGradient(0));
            return;
        }
        INDArray normalized = frame.scratch(x.shape());
        normalize(frame, x, mean, variance, ones, zeros, normalized);
        INDArray product = frame.scratch(x.shape());
        frame.run("multiply", product, normalized, dy);
        INDArray dWeight = frame.gradientOrScratch("weight");
        sum(frame, product, dWeight);
        INDArray dBias = frame.gradientOrScratch("bias");
        sum(frame, dy, dBias);

        if (frame.wants(0) && takesBatch) {
            INDArray share = frame.scalar((double) x.size(CHANNELS) / x.length());
            INDArray ofMean = frame.scratch(dBias.shape());
            frame.run("multiply", ofMean, dBias, share);
            INDArray ofVariance = frame.scratch(dWeight.shape());
            frame.run("multiply", ofVariance, dWeight, share);
            frame.run("multiply", product, normalized, Views.reshape(ofVariance, channels(x)));
            frame.run("subtract", product, dy, product);
            normalize(frame, product, ofMean, variance, frame.parameter("weight"), zeros, frame.newGradient(0));
        } else if (frame.wants(0)) {
            normalize(frame, dy, zeros, variance, frame.parameter("weight"), zeros, frame.newGradient(0));
        }
    }

    /** The shape in which a number a channel meets x. */
    private static long[] channels(INDArray x) {
        return x.rank() == 2 ? new long[] {1, x.size(CHANNELS)} : new long[] {1, x.size(CHANNELS), 1, 1};
    }

    private boolean takesBatch(Frame frame) {
        return frame.pass().trainingForm() && !op.frozen();
    }

    private void normalize(
            Frame frame, INDArray x, INDArray mean, INDArray variance, INDArray weight, INDArray bias, INDArray y) {
        frame.run("batchnorm", new INDArray[] {x, mean, variance, weight, bias}, new INDArray[] {y}, arguments());
    }

    /** With scale, with shift, axis of the channels; ε. */
    private Arguments arguments() {
        return Arguments.ints(1, 1, CHANNELS).withFloats(op.epsilon());
    }

    /** running = (1 − momentum) · running + momentum · factor · batch. */
    private void move(Frame frame, INDArray running, INDArray batch, double factor) {
        INDArray share = frame.scratch(batch.shape());
        frame.run("multiply", share, batch, frame.scalar(op.momentum() * factor));
        frame.run("multiply", running, running, frame.scalar(1 - op.momentum()));
        frame.run("add", running, running, share);
    }

    private static void sum(Frame frame, INDArray maps, INDArray channels) {
        frame.run(
                "reduce_sum",
                new INDArray[] {maps},
                new INDArray[] {channels},
                Arguments.ints(otherAxes(maps)).withFlags(false));
    }

    private static int[] otherAxes(INDArray x) {
        return x.rank() == 2 ? new int[] {0} : new int[] {0, 2, 3};
    }
}
