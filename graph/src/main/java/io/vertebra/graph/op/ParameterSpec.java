package io.vertebra.graph.op;

import java.util.List;

/**
 * A parameter that an operator or a graph wants.
 *
 * @param name within the operator ({@code weight}), or in full ({@code layer1.0.conv1.weight}) in a graph
 * @param shape its extents, all known
 * @param initializer its values before training
 * @param kind trained by gradients, or a buffer
 */
public record ParameterSpec(String name, Shape shape, Initializer initializer, Kind kind) {

    /** What becomes of a parameter in training. */
    public enum Kind {
        /** Multiplies: has a gradient, and weight decay by default. */
        WEIGHT,
        /** A bias, or the scale or shift of a norm: has a gradient, and no weight decay by default. */
        BIAS_OR_NORM,
        /** Statistics: no gradient. */
        BUFFER
    }

    /** Whether gradients train it. */
    public boolean isTrainable() {
        return kind != Kind.BUFFER;
    }

    /** The same parameter under its full name. */
    public ParameterSpec in(String scope) {
        return scope.isEmpty() ? this : new ParameterSpec(scope + "." + name, shape, initializer, kind);
    }

    /** {@code weight} and {@code bias} of a norm without statistics. */
    static List<ParameterSpec> scaleAndShift(int channels, double initialScale) {
        Shape shape = Shape.of(channels);
        return List.of(
                new ParameterSpec("weight", shape, new Initializer.Constant(initialScale), Kind.BIAS_OR_NORM),
                new ParameterSpec("bias", shape, Initializer.zeros(), Kind.BIAS_OR_NORM));
    }

    static ParameterSpec weight(Initializer initializer, int... extents) {
        return new ParameterSpec("weight", Shape.of(extents), initializer, Kind.WEIGHT);
    }

    static ParameterSpec bias(Initializer initializer, int extent) {
        return new ParameterSpec("bias", Shape.of(extent), initializer, Kind.BIAS_OR_NORM);
    }
}
