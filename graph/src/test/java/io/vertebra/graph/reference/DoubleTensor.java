package io.vertebra.graph.reference;

import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Shape;
import java.util.Arrays;

/** A tensor in float64, row-major; labels are whole numbers in it. The array is the tensor's own, not a copy. */
public final class DoubleTensor {
    private final Shape shape;
    private final double[] data;

    /** Wraps an array. */
    public DoubleTensor(Shape shape, double[] data) {
        if (shape.elements() != data.length) {
            throw new IllegalArgumentException("a tensor " + shape + " cannot have " + data.length + " elements");
        }
        this.shape = shape;
        this.data = data;
    }

    /** A tensor of an engine's batch, widened. */
    public static DoubleTensor of(Tensor tensor) {
        if (tensor instanceof Tensor.Floats floats) {
            return new DoubleTensor(floats.shape(), widen(floats.data()));
        }
        if (tensor instanceof Tensor.Bytes bytes) {
            return of(bytes.floats());
        }
        Tensor.Ints ints = (Tensor.Ints) tensor;
        return new DoubleTensor(
                ints.shape(), Arrays.stream(ints.data()).asDoubleStream().toArray());
    }

    /** Its extents. */
    public Shape shape() {
        return shape;
    }

    /** Its elements. */
    public double[] data() {
        return data;
    }

    /** The nearest floats. */
    public Tensor.Floats toFloats() {
        return new Tensor.Floats(shape, narrow(data));
    }

    static double[] widen(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    static float[] narrow(double[] values) {
        float[] narrow = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            narrow[i] = (float) values[i];
        }
        return narrow;
    }
}
