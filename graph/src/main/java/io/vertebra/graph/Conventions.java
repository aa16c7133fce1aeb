package io.vertebra.graph;

import io.vertebra.graph.op.BatchNorm;

/**
 * What differs between sources of the same network and is no part of its architecture; a builder applies it everywhere.
 *
 * @param samePadding TensorFlow's SAME in place of symmetric padding
 * @param normEpsilon ε of the norms; {@code null}: what the family says, 1e-5 by default
 * @param frozenNorm norms use and keep their running statistics in training
 */
public record Conventions(boolean samePadding, Double normEpsilon, boolean frozenNorm) {

    /** Symmetric padding and trainable norms with the family's own ε. */
    public static final Conventions DEFAULT = new Conventions(false, null, false);

    /** The same with frozen norms. */
    public Conventions withFrozenNorm() {
        return new Conventions(samePadding, normEpsilon, true);
    }

    /** A norm by these conventions. */
    BatchNorm apply(BatchNorm op) {
        double epsilon = normEpsilon == null ? op.epsilon() : normEpsilon;
        return new BatchNorm(epsilon, op.momentum(), op.frozen() || frozenNorm, op.initialScale());
    }
}
