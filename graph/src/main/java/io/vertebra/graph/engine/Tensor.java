package io.vertebra.graph.engine;

import io.vertebra.graph.op.Shape;

/** A tensor on the heap, row-major: what goes into a session and comes out of it. */
public sealed interface Tensor {

    /** Its extents. */
    Shape shape();

    /**
     * Floating-point elements.
     *
     * @param shape extents
     * @param data the elements, not copied
     */
    @SuppressWarnings("ArrayRecordComponent") // a tensor is its array; it is compared by no one
    record Floats(Shape shape, float[] data) implements Tensor {
        /** Checks the length. */
        public Floats {
            checkLength(shape, data.length);
        }
    }

    /**
     * Integers: labels.
     *
     * @param shape extents
     * @param data the elements, not copied
     */
    @SuppressWarnings("ArrayRecordComponent") // a tensor is its array; it is compared by no one
    record Ints(Shape shape, int[] data) implements Tensor {
        /** Checks the length. */
        public Ints {
            checkLength(shape, data.length);
        }
    }

    /**
     * Pictures of 8-bit samples. Sample v of channel c stands for the floating-point element {@code values[256 c + v]}: a
     * quarter of the bytes on the way to a device that looks them up there.
     *
     * @param shape extents (N, C, H, W)
     * @param data the samples, (N, H, W, C), not copied
     * @param values 256 for each channel, not copied
     */
    @SuppressWarnings("ArrayRecordComponent") // a tensor is its array; it is compared by no one
    record Bytes(Shape shape, byte[] data, float[] values) implements Tensor {
        /** What a byte can be. */
        public static final int LEVELS = 256;

        /** Checks the lengths. */
        public Bytes {
            if (shape.rank() != 4) {
                throw new IllegalArgumentException("a tensor of bytes has the form (N, C, H, W), not " + shape);
            }
            checkLength(shape, data.length);
            if (values.length != LEVELS * (long) shape.c()) {
                throw new IllegalArgumentException(shape.c() + " channels of bytes stand for " + LEVELS
                        + " values each, not for " + values.length);
            }
        }

        /** The elements that the samples stand for. */
        public Floats floats() {
            float[] elements = new float[data.length];
            int channels = shape.c();
            int cells = shape.h() * shape.w();
            int from = 0;
            for (int i = 0; i < shape.n(); i++) {
                int picture = i * channels * cells;
                for (int cell = 0; cell < cells; cell++) {
                    for (int c = 0; c < channels; c++, from++) {
                        elements[picture + c * cells + cell] = values[LEVELS * c + (data[from] & 0xFF)];
                    }
                }
            }
            return new Floats(shape, elements);
        }
    }

    /** Floating-point elements of this shape. */
    static Floats of(float[] data, int... extents) {
        return new Floats(Shape.of(extents), data);
    }

    /** Pictures of 8-bit samples (N, H, W, C) of this shape (N, C, H, W). */
    static Bytes of(byte[] data, float[] values, int... extents) {
        return new Bytes(Shape.of(extents), data, values);
    }

    /** Integers of this shape. */
    static Ints of(int[] data, int... extents) {
        return new Ints(Shape.of(extents), data);
    }

    private static void checkLength(Shape shape, int length) {
        if (shape.elements() != length) {
            throw new IllegalArgumentException("a tensor " + shape + " cannot have " + length + " elements");
        }
    }
}
