package io.vertebra.graph.op;

import java.util.List;

/**
 * A learnt factor a channel: {@code y[n,c,i,j] = γ[c] · x[n,c,i,j]}.
 *
 * <p>x (N, C, H, W) → the same shape. {@code gamma} (C). Touvron et al., arXiv:2103.17239, section 3; ConvNeXt puts it
 * at the end of a block's branch.
 *
 * @param initial value of {@code gamma} before training
 */
public record LayerScale(double initial) implements Op {

    /** Checks the attributes. */
    public LayerScale {
        Check.that(Double.isFinite(initial), "initial", "must be finite, is %s", initial);
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
        Initializer scale = new Initializer.Constant(initial);
        return List.of(new ParameterSpec("gamma", channels, scale, ParameterSpec.Kind.BIAS_OR_NORM));
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.layerScale(this);
    }
}
