package io.vertebra.graph.op;

import java.util.List;

/**
 * Every cell scaled to length 1 over its channels, then by a learnt factor a channel:
 * {@code y[n,c,i,j] = s[c] · x[n,c,i,j] / max(√Σ_k x[n,k,i,j]², ε)}.
 *
 * <p>x (N, C, H, W) → the same shape. {@code scale_weight} (C). Liu et al., ParseNet, arXiv:1506.04579, section 3.3; SSD
 * uses it on its finest level (arXiv:1512.02325, section 3.1).
 *
 * @param epsilon ε, the least length
 * @param initialScale value of {@code scale_weight} before training
 */
public record L2Norm(double epsilon, double initialScale) implements Op {

    /** Checks the attributes. */
    public L2Norm {
        Check.that(epsilon > 0 && Double.isFinite(epsilon), "epsilon", "must be above 0, is %s", epsilon);
    }

    @Override
    public Shape output(List<Shape> inputs) {
        Shape x = inputs.get(0);
        Check.isMap("input", x);
        return x;
    }

    @Override
    public List<ParameterSpec> parameters(List<Shape> inputs) {
        Shape channels = Shape.of(inputs.get(0).c());
        Initializer scale = new Initializer.Constant(initialScale);
        return List.of(new ParameterSpec("scale_weight", channels, scale, ParameterSpec.Kind.BIAS_OR_NORM));
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.l2Norm(this);
    }
}
