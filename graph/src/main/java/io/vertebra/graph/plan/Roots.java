package io.vertebra.graph.plan;

/** What a plan differentiates. */
public enum Roots {
    /** Nothing. */
    NONE,
    /** The output {@code loss}. */
    LOSS,
    /** Outputs whose gradients the caller gives. */
    GIVEN
}
