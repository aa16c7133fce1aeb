package io.vertebra.graph.op;

import java.util.List;

/**
 * The product of two tensors: {@code y = x · gate}. Squeeze-and-excitation scales maps with it, arXiv:1709.01507,
 * equation 4.
 *
 * <p>x and a gate of the same shape, or x (N, C, H, W) and a gate (N, C, 1, 1) → the shape of x.
 */
public record Multiply() implements Op {

    @Override
    public int arity() {
        return 2;
    }

    @Override
    public Shape output(List<Shape> inputs) {
        Shape x = inputs.get(0);
        Shape gate = inputs.get(1);
        boolean fits =
                gate.equals(x) || (x.rank() == 4 && gate.equals(x.with(2, 1).with(3, 1)));
        Check.that(fits, "multiply", "the shapes do not fit: %s and %s", x, gate);
        return x;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.multiply(this);
    }
}
