package io.vertebra.graph.op;

import java.util.List;

/**
 * Layer normalisation over the channels of every cell: {@code y = weight · (x − μ) / √(σ² + ε) + bias}, with μ and the
 * biased σ² of the C values of a cell.
 *
 * <p>x (N, C, H, W) or (N, C) → the same shape. {@code weight}, {@code bias} (C). The same in training and inference. Ba
 * et al., arXiv:1607.06450, section 3; over channels of maps as in ConvNeXt, arXiv:2201.03545, section 2.6.
 *
 * @param epsilon ε
 */
public record LayerNorm(double epsilon) implements Op {

    /** Checks the attributes. */
    public LayerNorm {
        Check.that(
                epsilon >= 0 && Double.isFinite(epsilon), "epsilon", "must be finite and not negative, is %s", epsilon);
    }

    @Override
    public Shape output(List<Shape> inputs) {
        Shape x = inputs.get(0);
        Check.that(x.rank() == 4 || x.rank() == 2, "input", "must be (N, C, H, W) or (N, C), is %s", x);
        return x;
    }

    @Override
    public List<ParameterSpec> parameters(List<Shape> inputs) {
        return ParameterSpec.scaleAndShift(inputs.get(0).c(), 1);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.layerNorm(this);
    }
}
