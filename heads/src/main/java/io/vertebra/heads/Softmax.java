package io.vertebra.heads;

/** Scores of classes out of logits. */
final class Softmax {
    private Softmax() {}

    /** The softmax of each of so many rows from an element on. */
    static float[] rows(float[] logits, int from, int rows, int columns) {
        float[] scores = new float[Math.multiplyExact(rows, columns)];
        for (int row = 0; row < rows; row++) {
            int at = from + row * columns;
            float largest = Float.NEGATIVE_INFINITY;
            for (int k = 0; k < columns; k++) {
                largest = Math.max(largest, logits[at + k]);
            }
            double sum = 0;
            for (int k = 0; k < columns; k++) {
                double exponential = Math.exp(logits[at + k] - largest);
                scores[row * columns + k] = (float) exponential;
                sum += exponential;
            }
            for (int k = 0; k < columns; k++) {
                scores[row * columns + k] = (float) (scores[row * columns + k] / sum);
            }
        }
        return scores;
    }
}
