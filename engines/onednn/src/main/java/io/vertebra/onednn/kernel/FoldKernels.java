package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;

/** Folds a norm with running statistics into the convolution before it, in fp32 before any rounding. */
public final class FoldKernels {
    private FoldKernels() {}

    /** Multiplies each output channel's weights, row-major, by {@code γ / √(σ² + ε)}, in place. */
    public static void weights(
            ByteBuffer weights, int out, int each, ByteBuffer scale, ByteBuffer variance, double epsilon) {
        for (int o = 0; o < out; o++) {
            float factor = (float) factor(scale, variance, epsilon, o);
            int end = (o + 1) * each * Float.BYTES;
            for (int i = o * each * Float.BYTES; i < end; i += Float.BYTES) {
                weights.putFloat(i, factor * weights.getFloat(i));
            }
        }
    }

    /** {@code target = β + (b − μ) · γ / √(σ² + ε)}; {@code bias} may be {@code null} for b = 0. */
    public static void bias(
            ByteBuffer target,
            int out,
            ByteBuffer bias,
            ByteBuffer scale,
            ByteBuffer shift,
            ByteBuffer mean,
            ByteBuffer variance,
            double epsilon) {
        for (int o = 0; o < out; o++) {
            int at = o * Float.BYTES;
            double b = bias == null ? 0 : bias.getFloat(at);
            double value = shift.getFloat(at) + (b - mean.getFloat(at)) * factor(scale, variance, epsilon, o);
            target.putFloat(at, (float) value);
        }
    }

    private static double factor(ByteBuffer scale, ByteBuffer variance, double epsilon, int channel) {
        int at = channel * Float.BYTES;
        return scale.getFloat(at) / Math.sqrt(variance.getFloat(at) + epsilon);
    }
}
