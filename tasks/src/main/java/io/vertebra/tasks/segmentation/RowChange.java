package io.vertebra.tasks.segmentation;

import java.util.Arrays;

/** What can be done to a row of logits (K, W) by itself. */
enum RowChange {
    /** Left and right exchanged. */
    MIRROR {
        @Override
        void apply(float[] row, int classes, int width) {
            for (int k = 0; k < classes; k++) {
                for (int left = k * width, right = left + width - 1; left < right; left++, right--) {
                    float value = row[left];
                    row[left] = row[right];
                    row[right] = value;
                }
            }
        }
    },

    /** Probabilities of the classes of each pixel. */
    SOFTMAX {
        @Override
        void apply(float[] row, int classes, int width) {
            float[] largest = Arrays.copyOf(row, width);
            float[] sum = new float[width];
            for (int i = width; i < classes * width; i++) {
                largest[i % width] = Math.max(largest[i % width], row[i]);
            }
            for (int k = 0; k < classes; k++) {
                for (int x = 0; x < width; x++) {
                    float e = (float) Math.exp(row[k * width + x] - largest[x]);
                    row[k * width + x] = e;
                    sum[x] += e;
                }
            }
            for (int i = 0; i < classes * width; i++) {
                row[i] /= sum[i % width];
            }
        }
    };

    /** Changes the row in place, class by class. */
    abstract void apply(float[] row, int classes, int width);
}
