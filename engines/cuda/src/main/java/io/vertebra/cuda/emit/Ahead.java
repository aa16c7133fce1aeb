package io.vertebra.cuda.emit;

import io.vertebra.graph.engine.Batch;

/** What has been brought to the device before a pass wants it. */
@FunctionalInterface
public interface Ahead {

    /** Nothing. */
    Ahead NONE = (batch, plan) -> false;

    /**
     * Lets a plan {@link Plan#take} the inputs of a batch, if they are there.
     *
     * @return whether they were
     */
    boolean give(Batch batch, Plan plan);
}
