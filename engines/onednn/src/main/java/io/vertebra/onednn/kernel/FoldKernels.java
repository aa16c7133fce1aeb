package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;

/** Folds what scales and shifts channels into the convolution before it, in fp32 before any rounding. */
public final class FoldKernels {
    private FoldKernels() {}

    /**
     * {@code γ · (x − μ) / √(σ² + ε) + β} of each channel. Without statistics μ is 0 and √(σ² + ε) is 1.
     *
     * @param scale γ
     * @param shift β, or {@code null} for 0
     * @param mean μ, or {@code null}
     * @param variance σ², or {@code null}
     * @param epsilon ε
     */
    public record Line(ByteBuffer scale, ByteBuffer shift, ByteBuffer mean, ByteBuffer variance, double epsilon) {

        /** A factor alone. */
        public static Line of(ByteBuffer factor) {
            return new Line(factor, null, null, null, 0);
        }

        private double factor(int channel) {
            double gamma = at(scale, channel);
            return variance == null ? gamma : gamma / Math.sqrt(at(variance, channel) + epsilon);
        }
    }

    private static double at(ByteBuffer values, int channel) {
        return values == null ? 0 : values.getFloat(channel * Float.BYTES);
    }

    /** Multiplies each output channel's weights, row-major, in place. */
    public static void weights(ByteBuffer weights, int out, int each, Line line) {
        for (int o = 0; o < out; o++) {
            float factor = (float) line.factor(o);
            int end = (o + 1) * each * Float.BYTES;
            for (int i = o * each * Float.BYTES; i < end; i += Float.BYTES) {
                weights.putFloat(i, factor * weights.getFloat(i));
            }
        }
    }

    /** What becomes of the bias, which may be {@code null} for 0. */
    public static void bias(ByteBuffer target, int out, ByteBuffer bias, Line line) {
        for (int o = 0; o < out; o++) {
            double value = at(line.shift(), o) + (at(bias, o) - at(line.mean(), o)) * line.factor(o);
            target.putFloat(o * Float.BYTES, (float) value);
        }
    }
}
