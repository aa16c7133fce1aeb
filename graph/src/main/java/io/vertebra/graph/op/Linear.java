package io.vertebra.graph.op;

import java.util.List;

/**
 * Fully connected layer: {@code y[n,o] = b[o] + Σ w[o,c] · x[n,c]}.
 *
 * <p>x (N, C) → y (N, out). {@code weight} (out, C), {@code bias} (out).
 *
 * @param out features of the output
 * @param bias whether a bias is added
 * @param initializer of the weight; the bias starts at zero
 */
public record Linear(int out, boolean bias, Initializer initializer) implements Op {

    /** Checks the attributes. */
    public Linear {
        Check.atLeast(1, "out", out);
    }

    @Override
    public Shape output(List<Shape> inputs) {
        Shape x = inputs.get(0);
        Check.that(x.rank() == 2, "input", "must be (N, C), is %s: flatten or pool it first", x);
        Check.that(x.c() != Shape.ANY, "input", "%s needs known features; give the graph a fixed picture size", x);
        return Shape.of(x.n(), out);
    }

    @Override
    public List<ParameterSpec> parameters(List<Shape> inputs) {
        ParameterSpec weight =
                ParameterSpec.weight(initializer, out, inputs.get(0).c());
        return bias ? List.of(weight, ParameterSpec.bias(Initializer.zeros(), out)) : List.of(weight);
    }

    @Override
    public long macs(List<Shape> inputs) {
        return output(inputs).elements() * inputs.get(0).c();
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.linear(this);
    }
}
