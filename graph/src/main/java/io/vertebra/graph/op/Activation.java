package io.vertebra.graph.op;

import java.util.List;

/**
 * A function of each element by itself; the shape stays. The derivative at a kink is that of the flat side, 0; where neither
 * is flat, that of hard swish at 3 is 1, that of the upper side, and that of leaky ReLU at 0 is that of the lower side.
 *
 * @param function which one
 */
public record Activation(Function function) implements Op {

    /**
     * The slope of leaky ReLU below 0: that of DarkNet-53 (arXiv:1804.02767), whose authors have it in their code and not in
     * their paper; a {@code double}, which engines round to their type.
     */
    public static final double LEAK = 0.1;

    /** The functions, each with its formula. */
    public enum Function {
        /** {@code max(x, 0)}. */
        RELU,
        /** {@code min(max(x, 0), 6)}, MobileNet. */
        RELU6,
        /** {@code max(x, 0) + 0.1 · min(x, 0)}, DarkNet: see {@link #LEAK}. */
        LEAKY_RELU,
        /** {@code x · σ(x)}, also called swish. */
        SILU,
        /** {@code 1 / (1 + e^−x)}. */
        SIGMOID,
        /** {@code tanh(x)}. */
        TANH,
        /** {@code x · min(max(x + 3, 0), 6) / 6}, MobileNet V3 (arXiv:1905.02244, section 5.2). */
        HARD_SWISH,
        /** {@code min(max(x + 3, 0), 6) / 6}. */
        HARD_SIGMOID,
        /** {@code x · Φ(x) = x · (1 + erf(x / √2)) / 2}, exact (arXiv:1606.08415). */
        GELU;

        /** Whether its values are shares, by which something else is scaled. */
        public boolean isGate() {
            return this == SIGMOID || this == HARD_SIGMOID;
        }
    }

    @Override
    public Shape output(List<Shape> inputs) {
        return inputs.get(0);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.activation(this);
    }
}
