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

    /** Floating-point elements of this shape. */
    static Floats of(float[] data, int... extents) {
        return new Floats(Shape.of(extents), data);
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
