package io.vertebra.datasets.transforms;

import io.vertebra.datasets.Sample;
import io.vertebra.images.Size;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Turns a sample into another one; the same sample and random numbers give the same result. */
public non-sealed interface Transform extends Step {

    /** The changed sample, its annotations moved with the picture. */
    Sample apply(Sample sample, RandomGenerator random);

    /** The size of the results, where it is the same for all of them; {@code before} is that of the samples handed in. */
    Optional<Size> size(Optional<Size> before);
}
