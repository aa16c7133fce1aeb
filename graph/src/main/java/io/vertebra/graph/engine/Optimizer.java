package io.vertebra.graph.engine;

import io.vertebra.graph.op.Check;
import java.util.List;

/** A rule that moves weights along their gradient, in PyTorch's form; {@link UpdateFormulas} has the arithmetic. */
public sealed interface Optimizer {

    /**
     * Stochastic gradient descent: {@code g += decay·w; m = momentum·m + g; w −= rate·(nesterov ? g + momentum·m : m)}.
     *
     * @param momentum 0 for none
     * @param nesterov look ahead
     */
    record Sgd(double momentum, boolean nesterov) implements Optimizer {
        /** Checks the attributes. */
        public Sgd {
            Check.that(momentum >= 0 && momentum < 1, "momentum", "must lie in [0, 1), is %s", momentum);
            Check.that(momentum > 0 || !nesterov, "nesterov", "needs a momentum");
        }

        @Override
        public List<String> slots() {
            return momentum > 0 ? List.of("momentum") : List.of();
        }
    }

    /**
     * Adam with decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101): {@code w −= rate·decay·w; m = β₁m + (1 −
     * β₁)g; v = β₂v + (1 − β₂)g²; w −= rate/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)}, t counted from 1.
     *
     * @param beta1 β₁
     * @param beta2 β₂
     * @param epsilon ε
     */
    record AdamW(double beta1, double beta2, double epsilon) implements Optimizer {
        /** Checks the attributes. */
        public AdamW {
            Check.that(beta1 >= 0 && beta1 < 1, "beta1", "must lie in [0, 1), is %s", beta1);
            Check.that(beta2 >= 0 && beta2 < 1, "beta2", "must lie in [0, 1), is %s", beta2);
            Check.that(epsilon > 0, "epsilon", "must be positive, is %s", epsilon);
        }

        @Override
        public List<String> slots() {
            return List.of("exp_avg", "exp_avg_sq");
        }
    }

    /** The arrays that it keeps for each parameter, by PyTorch's names. */
    List<String> slots();
}
