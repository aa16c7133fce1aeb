package io.vertebra.graph.op;

import java.util.List;

/**
 * Batch normalisation over N, H and W: {@code y = weight · (x − μ) / √(σ² + ε) + bias}, channel by channel.
 *
 * <p>x (N, C, H, W) or (N, C) → the same shape. In training μ and σ² are those of the batch (σ² biased), and the running
 * statistics move by {@code running = (1 − momentum) · running + momentum · batch} with the <em>unbiased</em> variance,
 * as PyTorch does. In inference, and always when {@code frozen}, μ and σ² are the running ones. {@code weight},
 * {@code bias}, {@code running_mean}, {@code running_var} (C). Ioffe and Szegedy, arXiv:1502.03167, algorithms 1 and 2.
 *
 * @param epsilon ε
 * @param momentum share of the batch in the running statistics
 * @param frozen whether training uses the running statistics too and leaves them alone
 * @param initialScale value of {@code weight} before training; 0 in the last norm of a residual branch makes the block
 *     the identity (arXiv:1706.02677, section 5.1)
 */
public record BatchNorm(double epsilon, double momentum, boolean frozen, double initialScale) implements Op {

    /** Checks the attributes. */
    public BatchNorm {
        Check.that(epsilon >= 0, "epsilon", "must not be negative, is %s", epsilon);
        Check.that(momentum >= 0 && momentum <= 1, "momentum", "must lie in [0, 1], is %s", momentum);
    }

    @Override
    public Shape output(List<Shape> inputs) {
        return inputs.get(0);
    }

    @Override
    public List<ParameterSpec> parameters(List<Shape> inputs) {
        Shape channels = Shape.of(inputs.get(0).c());
        List<ParameterSpec> trained = ParameterSpec.scaleAndShift(inputs.get(0).c(), initialScale);
        return List.of(
                trained.get(0),
                trained.get(1),
                new ParameterSpec("running_mean", channels, Initializer.zeros(), ParameterSpec.Kind.BUFFER),
                new ParameterSpec("running_var", channels, Initializer.ones(), ParameterSpec.Kind.BUFFER));
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.batchNorm(this);
    }
}
