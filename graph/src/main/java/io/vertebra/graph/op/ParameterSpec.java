package io.vertebra.graph.op;

import java.util.List;

/**
 * A parameter that an operator or a graph wants.
 *
 * @param name within the operator ({@code weight}), or in full ({@code layer1.0.conv1.weight}) in a graph
 * @param shape its extents, all known
 * @param initializer its values before training
 * @param kind trained by gradients, or a buffer
 * @param below what all values of an index are below: how many things there are to choose from; 0 for other parameters
 */
public record ParameterSpec(String name, Shape shape, Initializer initializer, Kind kind, int below) {

    /** The most that an index can choose from: floats hold all whole numbers up to here. */
    private static final int MOST = 1 << 24;

    /** What becomes of a parameter in training. */
    public enum Kind {
        /** Multiplies: has a gradient, and weight decay by default. */
        WEIGHT,
        /** A bias, or the scale or shift of a norm: has a gradient, and no weight decay by default. */
        BIAS_OR_NORM,
        /** Statistics, or an index: no gradient. */
        BUFFER
    }

    /** Checks the bound. */
    public ParameterSpec {
        Check.that(below >= 0 && below <= MOST, name, "must choose from at most %d, has %d", MOST, below);
    }

    /** A parameter whose values are amounts. */
    public ParameterSpec(String name, Shape shape, Initializer initializer, Kind kind) {
        this(name, shape, initializer, kind, 0);
    }

    /** Whether gradients train it. */
    public boolean isTrainable() {
        return kind != Kind.BUFFER;
    }

    /** The same parameter under its full name. */
    public ParameterSpec in(String scope) {
        return scope.isEmpty() ? this : new ParameterSpec(scope + "." + name, shape, initializer, kind, below);
    }

    /** Whether its values choose among things, so that they are whole and nothing moves them. */
    public boolean isIndex() {
        return below > 0;
    }

    /** The values of an index; refuses those that choose nothing. */
    public int[] indices(float[] values) {
        int[] indices = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            indices[i] = (int) values[i];
            if (!(values[i] >= 0 && values[i] < below && indices[i] == values[i])) {
                throw new GraphException(
                        name, "holds " + values[i] + " at " + i + ", must be whole numbers from 0 to " + (below - 1));
            }
        }
        return indices;
    }

    /** {@code weight} and {@code bias} of a norm without statistics. */
    static List<ParameterSpec> scaleAndShift(int channels, double initialScale) {
        Shape shape = Shape.of(channels);
        return List.of(
                new ParameterSpec("weight", shape, new Initializer.Constant(initialScale), Kind.BIAS_OR_NORM),
                new ParameterSpec("bias", shape, Initializer.zeros(), Kind.BIAS_OR_NORM));
    }

    /** An index that begins with what there is to choose from, in order. */
    static ParameterSpec index(String name, int length, int below) {
        return new ParameterSpec(name, Shape.of(length), new Initializer.Spread(below), Kind.BUFFER, below);
    }

    static ParameterSpec weight(Initializer initializer, int... extents) {
        return new ParameterSpec("weight", Shape.of(extents), initializer, Kind.WEIGHT);
    }

    static ParameterSpec bias(Initializer initializer, int extent) {
        return new ParameterSpec("bias", Shape.of(extent), initializer, Kind.BIAS_OR_NORM);
    }
}
