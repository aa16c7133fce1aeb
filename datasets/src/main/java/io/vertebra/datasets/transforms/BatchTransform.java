package io.vertebra.datasets.transforms;

import io.vertebra.datasets.Batch;
import java.util.random.RandomGenerator;

/** Mixes the rows of a finished batch in place, its soft labels with them. */
public non-sealed interface BatchTransform extends Step {

    /** Changes the batch, which carries soft labels. */
    void apply(Batch batch, RandomGenerator random);
}
