package io.vertebra.graph.op;

import java.util.List;

/**
 * Group normalisation: {@code y = weight · (x − μ) / √(σ² + ε) + bias}, with μ and the biased σ² of the C / groups
 * neighbouring channels of one picture over H and W.
 *
 * <p>x (N, C, H, W) → the same shape. {@code weight}, {@code bias} (C). The same in training and inference. Wu and He,
 * arXiv:1803.08494, section 3.1.
 *
 * @param groups parts of the channels; divides C
 * @param epsilon ε
 * @param initialScale value of {@code weight} before training
 */
public record GroupNorm(int groups, double epsilon, double initialScale) implements Op {

    /** Checks the attributes. */
    public GroupNorm {
        Check.atLeast(1, "groups", groups);
        Check.that(
                epsilon >= 0 && Double.isFinite(epsilon), "epsilon", "must be finite and not negative, is %s", epsilon);
        Check.that(Double.isFinite(initialScale), "initial_scale", "must be finite, is %s", initialScale);
    }

    @Override
    public Shape output(List<Shape> inputs) {
        Shape x = inputs.get(0);
        Check.isMap("input", x);
        Check.that(x.c() % groups == 0, "groups", "must divide the channels %d, is %d", x.c(), groups);
        return x;
    }

    @Override
    public List<ParameterSpec> parameters(List<Shape> inputs) {
        return ParameterSpec.scaleAndShift(inputs.get(0).c(), initialScale);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.groupNorm(this);
    }
}
