package io.vertebra.graph.op;

import java.util.SplittableRandom;

/** The values that a parameter has before training. */
public sealed interface Initializer {

    /** Every element has the same value. */
    record Constant(double value) implements Initializer {
        @Override
        public void fill(float[] values, Shape shape, long seed) {
            java.util.Arrays.fill(values, (float) value);
        }
    }

    /** Normal with mean 0. */
    record Normal(double deviation) implements Initializer {
        @Override
        public void fill(float[] values, Shape shape, long seed) {
            gaussian(values, deviation, seed);
        }
    }

    /** Normal with variance 2 / fan-out ("He", arXiv:1502.01852, section 2.2; torchvision's choice for convolutions). */
    record KaimingNormalFanOut() implements Initializer {
        @Override
        public void fill(float[] values, Shape shape, long seed) {
            gaussian(values, Math.sqrt(2.0 / (shape.get(0) * receptive(shape))), seed);
        }
    }

    /** Uniform within ±√(gain / fan-in); PyTorch's default for convolutions and linear layers is gain 1, He's is 6. */
    record Uniform(double gain) implements Initializer {
        @Override
        public void fill(float[] values, Shape shape, long seed) {
            uniform(values, Math.sqrt(gain / fanIn(shape)), seed);
        }
    }

    /** Whole numbers below {@code of} in their order: all of them where there is room, else evenly spread. */
    record Spread(int of) implements Initializer {
        @Override
        public void fill(float[] values, Shape shape, long seed) {
            for (int i = 0; i < values.length; i++) {
                values[i] = (int) ((long) i * of / values.length);
            }
        }
    }

    /** Fills all values; the same seed gives the same values. */
    void fill(float[] values, Shape shape, long seed);

    /** Zeros. */
    static Initializer zeros() {
        return new Constant(0);
    }

    /** Ones. */
    static Initializer ones() {
        return new Constant(1);
    }

    /** Uniform with variance 2 / fan-in ("He", arXiv:1502.01852, section 2.2): pytorchcv's choice for convolutions, smp's for decoders. */
    static Initializer heUniform() {
        return new Uniform(6);
    }

    private static void gaussian(float[] values, double deviation, long seed) {
        GaussianStream stream = new GaussianStream(new SplittableRandom(seed).nextLong());
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (deviation * stream.next());
        }
    }

    private static void uniform(float[] values, double bound, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (bound * (2 * random.nextDouble() - 1));
        }
    }

    private static double fanIn(Shape shape) {
        double product = 1;
        for (int axis = 1; axis < shape.rank(); axis++) {
            product *= shape.get(axis);
        }
        return product;
    }

    private static double receptive(Shape shape) {
        double product = 1;
        for (int axis = 2; axis < shape.rank(); axis++) {
            product *= shape.get(axis);
        }
        return product;
    }
}
