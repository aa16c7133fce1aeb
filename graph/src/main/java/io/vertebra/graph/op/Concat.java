package io.vertebra.graph.op;

import java.util.List;

/** Tensors joined along the channels: (N, C1, H, W), (N, C2, H, W), ... → (N, C1 + C2 + ..., H, W). */
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
            channels += x.c();
        }
        return inputs.get(0).with(1, channels);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.concat(this);
    }
}
