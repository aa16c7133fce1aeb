package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;

/** A sum of scalars, each times a constant: tensors of the scalars, and of the sum; fp32. */
public final class WeightedSumKernel implements Kernel {
    private final double[] weights;
    private ByteBuffer[] scalars;

    /** With a weight for each scalar. */
    public WeightedSumKernel(double... weights) {
        this.weights = weights.clone();
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        scalars = tensors;
    }

    @Override
    public void run() {
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i] * scalars[i].getFloat(0);
        }
        scalars[weights.length].putFloat(0, (float) sum);
    }
}
