package io.vertebra.graph.op;

import java.util.List;

/**
 * Tensors joined along their second axis: (N, C1, H, W), (N, C2, H, W), ... → (N, C1 + C2 + ..., H, W); rows (N, R1, K),
 * (N, R2, K), ... → (N, R1 + R2 + ..., K).
 */
public record Concat() implements Op {

    @Override
    public int arity() {
        return Shape.ANY;
    }

    @Override
    public Shape output(List<Shape> inputs) {
        int channels = 0;
        for (Shape x : inputs) {
            Check.that(x.with(1, 0).equals(inputs.get(0).with(1, 0)), "concat", "the shapes do not fit: %s", inputs);
            channels = channels == Shape.ANY || x.c() == Shape.ANY ? Shape.ANY : channels + x.c();
        }
        return inputs.get(0).with(1, channels);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.concat(this);
    }
}
