package io.vertebra.tasks.segmentation;

import io.vertebra.graph.engine.Tensor;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Size;

/**
 * How the logits of a network become a label map of the picture's size.
 *
 * @param alignCorners whether the centres of the corner cells lie upon each other, as the head was trained
 */
public record Enlargement(boolean alignCorners) {

    /** Of a head that was trained with aligned corners or without. */
    public static Enlargement of(boolean alignCorners) {
        return new Enlargement(alignCorners);
    }

    /**
     * The class of every pixel.
     *
     * @param logits (N, K, h, w)
     * @param row of the batch
     */
    public LabelMap labels(Tensor.Floats logits, int row, Size size) {
        return rows(StoredLogits.of(logits, row), size).labels();
    }

    LogitRows rows(LogitRows logits, Size size) {
        return Enlarged.of(logits, size, alignCorners);
    }
}
