package io.vertebra.tasks.classification;

import java.util.Arrays;

/** How often each class was taken for each other one, and the figures that follow. */
final class ConfusionMatrix {
    private final long[][] counts;

    ConfusionMatrix(int classes) {
        this.counts = new long[classes][classes];
    }

    void add(int truth, int predicted) {
        counts[truth][predicted]++;
    }

    int classes() {
        return counts.length;
    }

    long count(int truth, int predicted) {
        return counts[truth][predicted];
    }

    /** (truth, prediction); a copy. */
    long[][] counts() {
        return Arrays.stream(counts).map(long[]::clone).toArray(long[][]::new);
    }

    /** Samples of a class. */
    long support(int truth) {
        return Arrays.stream(counts[truth]).sum();
    }

    /** Samples that were taken for a class. */
    long predicted(int label) {
        return Arrays.stream(counts).mapToLong(row -> row[label]).sum();
    }

    /** Share of what was taken for the class that is of it; NaN if nothing was. */
    double precision(int label) {
        return (double) counts[label][label] / predicted(label);
    }

    /** Share of the class that was found; NaN if it has no samples. */
    double recall(int label) {
        return (double) counts[label][label] / support(label);
    }

    /** The harmonic mean of precision and recall, {@code 2TP / (2TP + FP + FN)}; NaN if the class has no samples. */
    double f1(int label) {
        return support(label) == 0 ? Double.NaN : 2.0 * counts[label][label] / (support(label) + predicted(label));
    }

    /** The mean F1 of the classes that have samples; NaN if none has. */
    double meanF1() {
        double sum = 0;
        int present = 0;
        for (int k = 0; k < classes(); k++) {
            if (support(k) > 0) {
                sum += f1(k);
                present++;
            }
        }
        return sum / present;
    }
}
