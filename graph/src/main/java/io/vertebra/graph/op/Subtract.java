package io.vertebra.graph.op;

import java.util.List;

/**
 * The difference of two tensors of one shape: {@code y = a − b}. A softmax over two is a sigmoid of it, as in selective
 * kernels, arXiv:1903.06586, equation 5.
 */
public record Subtract() implements Op {

    @Override
    public int arity() {
        return 2;
    }

    @Override
    public Shape output(List<Shape> inputs) {
        Shape a = inputs.get(0);
        Shape b = inputs.get(1);
        Check.that(a.equals(b), "subtract", "the shapes differ: %s and %s", a, b);
        return a;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.subtract(this);
    }
}
