package io.vertebra.app.recipe;

import io.vertebra.graph.Conventions;

/**
 * The section {@code model.conventions}: what differs between sources of the same network. Whatever is left out is as the weights tell.
 *
 * @param samePadding whether the network pads as TensorFlow's SAME
 * @param normEpsilon what norms add to the variance
 * @param frozenNorm whether norms keep their running statistics in training
 */
public record ConventionsSection(Boolean samePadding, Double normEpsilon, Boolean frozenNorm) {
    /** Checks the range. */
    public ConventionsSection {
        Range.check(normEpsilon == null || normEpsilon > 0, "norm_epsilon must be above 0, is " + normEpsilon);
    }

    /** As a recipe would write these conventions. */
    static ConventionsSection of(Conventions conventions) {
        return new ConventionsSection(conventions.samePadding(), conventions.normEpsilon(), conventions.frozenNorm());
    }

    /** These conventions, completed by those of the weights. */
    Conventions over(Conventions ofWeights) {
        return new Conventions(
                samePadding == null ? ofWeights.samePadding() : samePadding,
                normEpsilon == null ? ofWeights.normEpsilon() : normEpsilon,
                frozenNorm == null ? ofWeights.frozenNorm() : frozenNorm);
    }
}
