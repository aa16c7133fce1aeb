package io.vertebra.graph.op;

import java.util.List;

/** Checks of attributes; a failed one names the attribute, its value and what is allowed. */
public final class Check {
    private Check() {}

    /** Throws unless the condition holds. */
    public static void that(boolean condition, String attribute, String message, Object... values) {
        if (!condition) {
            throw new GraphException(attribute, String.format(java.util.Locale.ROOT, message, values));
        }
    }

    /** Throws if a number is below the least that is allowed. */
    public static void atLeast(int least, String attribute, int value) {
        that(value >= least, attribute, "must be at least %d, is %d", least, value);
    }

    /** Throws if the height or width is below the least that is allowed. */
    public static void atLeast(int least, String attribute, Size value) {
        that(value.height() >= least && value.width() >= least, attribute, "must be at least %d, is %s", least, value);
    }

    /** The one shape of all inputs; throws where they differ. */
    static Shape oneShape(String operator, List<Shape> inputs) {
        Shape first = inputs.get(0);
        for (Shape other : inputs) {
            that(other.equals(first), operator, "the shapes differ: %s and %s", first, other);
        }
        return first;
    }

    /** Throws unless a shape is that of maps. */
    static void isMap(String attribute, Shape shape) {
        that(shape.rank() == 4, attribute, "must be (N, C, H, W), is %s", shape);
    }
}
