package io.vertebra.graph.op;

import java.util.List;

/**
 * A tensor that the caller hands in: {@code input} F32 (N, C, H, W), {@code labels} I32 (N), {@code soft_labels} F32
 * (N, K).
 *
 * @param type of its elements
 * @param shape its extents; the first is {@link Shape#ANY}
 */
public record Input(DataType type, Shape shape) implements Op {
    /** The name of the one that holds pictures, (N, C, H, W). */
    public static final String PICTURES = "input";

    /** The name of the one that holds each picture's height and width without padding, (N, 2); may be left out. */
    public static final String SIZES = "sizes";

    /** Checks the batch extent. */
    public Input {
        Check.that(shape.rank() > 0 && shape.n() == Shape.ANY, "shape", "%s must begin with an unknown batch", shape);
    }

    @Override
    public int arity() {
        return 0;
    }

    @Override
    public Shape output(List<Shape> inputs) {
        return shape;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.input(this);
    }
}
