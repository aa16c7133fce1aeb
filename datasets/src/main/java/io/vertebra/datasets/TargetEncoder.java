package io.vertebra.datasets;

import io.vertebra.images.Size;
import java.util.List;

/**
 * What a task wants beside the pictures, made from each sample in the loader's threads.
 *
 * <p>Safe for use from several threads; what a row holds depends on the sample, the size and {@link Targets#random} alone.
 */
public interface TargetEncoder {

    /** Nothing: labels of whole pictures are in every batch anyway, annotations are left out. */
    TargetEncoder NONE = new TargetEncoder() {
        @Override
        public List<Target> targets(Size picture) {
            return List.of();
        }

        @Override
        public void encode(Sample sample, Size picture, Targets row) {
            // nothing is wanted
        }
    };

    /** Names, types and extents of one row's targets for pictures of this size; no name twice. */
    List<Target> targets(Size picture);

    /**
     * Writes one row, which begins as zeros.
     *
     * @param sample after all transforms
     * @param picture the size of the batch's pictures; what of it lies below or right of the sample is padding, without truth
     */
    void encode(Sample sample, Size picture, Targets row);
}
