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
        return Check.oneShape("add", inputs);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.add(this);
    }
}
