package io.vertebra.app.recipe;

import io.vertebra.images.Normalization;
import java.util.List;
import java.util.Objects;

/** The value of {@code data.normalize}. */
public sealed interface Normalize {

    /** The constants, given those that the weights ask for. */
    Normalization constants(Normalization ofWeights);

    /** The word {@code weights}. */
    enum Automatic implements Normalize {
        WEIGHTS;

        @Override
        public Normalization constants(Normalization ofWeights) {
            return ofWeights;
        }
    }

    /**
     * Constants written out: {@code (pixel / 255 - mean) / std}.
     *
     * @param mean of red, green and blue in [0, 1]
     * @param std of red, green and blue in [0, 1]
     */
    record Fixed(List<Double> mean, List<Double> std) implements Normalize {
        /** Checks counts and ranges. */
        public Fixed {
            Objects.requireNonNull(mean, "mean");
            Objects.requireNonNull(std, "std");
            new Normalization(mean, std); // checks both
        }

        @Override
        public Normalization constants(Normalization ofWeights) {
            return new Normalization(mean, std);
        }
    }
}
