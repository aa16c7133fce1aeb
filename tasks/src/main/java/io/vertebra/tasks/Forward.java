package io.vertebra.tasks;

import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;

/** A network in inference form, as a problem sees it. */
@FunctionalInterface
public interface Forward {

    /** The problem's outputs for pictures (N, C, H, W); valid until the next call. */
    Outputs run(Tensor pictures);
}
