package io.vertebra.tasks.classification;

import java.util.Arrays;

/** One row of logits: probabilities, cross entropy and order. */
final class Logits {
    private final float[] data;
    private final int offset;
    private final int classes;

    Logits(float[] data, int row, int classes) {
        this.data = data;
        this.offset = row * classes;
        this.classes = classes;
    }

    /** {@code log Σ exp z}, shifted by the maximum. */
    private double logSum() {
        double max = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < classes; k++) {
            max = Math.max(max, data[offset + k]); // NaN stays NaN
        }
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            sum += Math.exp(data[offset + k] - max);
        }
        return max + Math.log(sum);
    }

    /** {@code −log softmax(z)} at a class. */
    double crossEntropy(int label) {
        return logSum() - data[offset + label];
    }

    /** softmax(z) at some classes. */
    double[] probabilities(int[] labels) {
        double logSum = logSum();
        return Arrays.stream(labels)
                .mapToDouble(k -> Math.exp(data[offset + k] - logSum))
                .toArray();
    }

    /** How many classes come before this one; of equal logits the class of the lower index comes first. */
    int rank(int label) {
        int before = 0;
        for (int k = 0; k < classes; k++) {
            before += comesBefore(k, label) ? 1 : 0;
        }
        return before;
    }

    /** The first {@code count} classes, the best first. */
    int[] top(int count) {
        int[] best = new int[Math.min(count, classes)];
        int found = 0;
        for (int k = 0; k < classes; k++) {
            int place = found;
            while (place > 0 && comesBefore(k, best[place - 1])) {
                place--;
            }
            if (place < best.length) {
                found = Math.min(found + 1, best.length);
                System.arraycopy(best, place, best, place + 1, found - 1 - place);
                best[place] = k;
            }
        }
        return best;
    }

    private boolean comesBefore(int a, int b) {
        int order = Float.compare(data[offset + a], data[offset + b]); // total, NaN is the largest
        return order > 0 || (order == 0 && a < b);
    }
}
