package io.vertebra.tasks.segmentation;

import io.vertebra.graph.engine.Tensor;

/** Maps of logits for tests, made and read at once. */
final class RowsOf {
    private RowsOf() {}

    /** Logits (K, H, W). */
    static StoredLogits logits(int classes, int height, int width, float... values) {
        return StoredLogits.of(Tensor.of(values, 1, classes, height, width), 0);
    }

    /** All values (K, H, W). */
    static float[] values(LogitRows rows) {
        float[] all = new float[rows.classes() * rows.height() * rows.width()];
        float[] row = new float[rows.classes() * rows.width()];
        for (int y = 0; y < rows.height(); y++) {
            rows.row(y, row);
            for (int k = 0; k < rows.classes(); k++) {
                System.arraycopy(row, k * rows.width(), all, (k * rows.height() + y) * rows.width(), rows.width());
            }
        }
        return all;
    }

    /** Numbers that no formula of ours made, in [-3, 3). */
    static float[] noise(int length, long seed) {
        java.util.SplittableRandom random = new java.util.SplittableRandom(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) (6 * random.nextDouble() - 3);
        }
        return values;
    }
}
