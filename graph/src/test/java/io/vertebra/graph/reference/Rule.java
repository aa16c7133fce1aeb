package io.vertebra.graph.reference;

/** What one operator computes at one {@link Site}. Made for one pass; may keep what its gradient needs. */
interface Rule {

    /** The value, an array of its own. */
    double[] forward();

    /** Adds to the gradients of the site's inputs and parameters what follows from the gradient of the value. */
    void backward(double[] dy);

    /** Moves running statistics, where the operator has any that this pass moves. */
    default void updateStatistics() {}
}
