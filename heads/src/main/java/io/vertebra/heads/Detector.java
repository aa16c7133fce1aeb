package io.vertebra.heads;

import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Size;
import java.util.List;
import java.util.function.Function;

/**
 * What the outputs of a head for detection mean: which ones become boxes, and how; and where its anchors stand.
 *
 * <p>It may be used by many threads.
 */
public sealed interface Detector permits DenseDetector, TwoStageDetector {

    /** The outputs that detections are made of, by the head's own names. */
    List<String> outputs();

    /**
     * All anchors (A, 4) as x1, y1, x2, y2 in pixels, in the order of the outputs' rows; they may leave the picture. The
     * array is shared: it must not be written to.
     *
     * @param pictures size of the pictures of a batch, padding included
     */
    float[] anchors(Size pictures);

    /**
     * What was found in one picture of a batch.
     *
     * @param outputs the tensor of each of {@link #outputs}
     * @param row of the picture in the batch
     * @param pictures size of the pictures that the network saw, padding included
     * @param picture size of this one without padding
     */
    Detections decode(Function<String, Tensor.Floats> outputs, int row, Size pictures, Size picture);
}
