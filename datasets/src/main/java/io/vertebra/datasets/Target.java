package io.vertebra.datasets;

import java.util.List;
import java.util.Objects;

/**
 * One thing that a task wants beside the picture: its name among the graph's inputs, its numbers and what one row of it looks like.
 *
 * @param name such as {@code labels}
 * @param type whether its values are whole
 * @param extents of one row, without the batch; empty for one value a row
 */
public record Target(String name, Type type, List<Integer> extents) {

    /** The kind of numbers. */
    public enum Type {
        /** Whole numbers of 32 bits. */
        I32,
        /** Floating point of 32 bits. */
        F32
    }

    public Target {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
        extents = List.copyOf(extents);
        if (extents.stream().anyMatch(extent -> extent < 1)) {
            throw new IllegalArgumentException("target: %s has the extents %s".formatted(name, extents));
        }
    }

    /** Whole numbers under a name. */
    public static Target ints(String name, Integer... extents) {
        return new Target(name, Type.I32, List.of(extents));
    }

    /** Floating point numbers under a name. */
    public static Target floats(String name, Integer... extents) {
        return new Target(name, Type.F32, List.of(extents));
    }

    /** How many values a row has. */
    public int length() {
        return extents.stream().reduce(1, Math::multiplyExact);
    }
}
