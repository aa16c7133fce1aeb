package io.vertebra.graph.op;

import java.util.List;

/** The sum of two tensors of one shape: {@code y = a + b}. */
public record Add() implements Op {

    @Override
    public int arity() {
        return 2;
    }

    @Override
    public Shape output(List<Shape> inputs) {
        Shape a = inputs.get(0);
        Shape b = inputs.get(1);
        Check.that(a.equals(b), "add", "the shapes differ: %s and %s", a, b);
        return a;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.add(this);
    }
}
