package io.vertebra.graph.op;

import java.util.List;

/** All but the batch in one axis, channels first: (N, C, H, W) → (N, C·H·W). */
public record Flatten() implements Op {

    @Override
    public Shape output(List<Shape> inputs) {
        Shape x = inputs.get(0);
        boolean known = x.with(0, 1).isKnown();
        return Shape.of(x.n(), known ? Math.toIntExact(x.with(0, 1).elements()) : Shape.ANY);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.flatten(this);
    }
}
