package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;

/**
 * Moves running statistics by those of a batch: tensors batch mean, biased batch variance, running mean, running
 * variance. {@code running = (1 − momentum) · running + momentum · batch}, with the unbiased variance.
 */
public final class RunningStatisticsKernel implements Kernel {
    private final int channels;
    private final float momentum;
    private final float unbias;
    private ByteBuffer mean;
    private ByteBuffer variance;
    private ByteBuffer runningMean;
    private ByteBuffer runningVariance;

    /** {@code count}: the elements of a channel that were averaged. */
    public RunningStatisticsKernel(int channels, double momentum, long count) {
        this.channels = channels;
        this.momentum = (float) momentum;
        this.unbias = count > 1 ? (float) ((double) count / (count - 1)) : 1;
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        mean = tensors[0];
        variance = tensors[1];
        runningMean = tensors[2];
        runningVariance = tensors[3];
    }

    @Override
    public void run() {
        move(runningMean, mean, 1);
        move(runningVariance, variance, unbias);
    }

    private void move(ByteBuffer running, ByteBuffer batch, float factor) {
        for (int i = 0; i < channels * Float.BYTES; i += Float.BYTES) {
            float value = factor * batch.getFloat(i);
            running.putFloat(i, (1 - momentum) * running.getFloat(i) + momentum * value);
        }
    }
}
