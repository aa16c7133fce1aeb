package io.vertebra.tasks.segmentation;

import io.vertebra.graph.engine.Tensor;

/**
 * The logits of one picture as the network gave them.
 *
 * @param data of a batch (N, K, H, W)
 * @param row of the batch
 */
@SuppressWarnings("ArrayRecordComponent") // a view of a tensor, compared by no one
record StoredLogits(float[] data, int row, int classes, int height, int width) implements LogitRows {

    /** One picture of a batch; the array is not copied. */
    static StoredLogits of(Tensor.Floats logits, int row) {
        return new StoredLogits(
                logits.data(),
                row,
                logits.shape().c(),
                logits.shape().h(),
                logits.shape().w());
    }

    /** The same values in an array of its own, for a network that is asked again. */
    StoredLogits copied() {
        int length = classes * height * width;
        float[] own = new float[length];
        System.arraycopy(data, row * length, own, 0, length);
        return new StoredLogits(own, 0, classes, height, width);
    }

    @Override
    public void row(int y, float[] out) {
        for (int k = 0; k < classes; k++) {
            System.arraycopy(data, ((row * classes + k) * height + y) * width, out, k * width, width);
        }
    }
}
