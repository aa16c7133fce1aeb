package io.vertebra.graph.reference;

import io.vertebra.graph.op.Shape;

/** Logits as one vector of classes a position: of rows (N, K), of maps (N, K, H, W), of anchors (N, A, K). */
final class ClassLogits {
    private final double[] logits;
    private final Shape shape;
    private final double[] logSums;

    ClassLogits(double[] logits, Shape shape) {
        this.logits = logits;
        this.shape = shape;
        this.logSums = new double[logits.length / classes()];
        for (int position = 0; position < logSums.length; position++) {
            logSums[position] = logSum(position);
        }
    }

    private double logSum(int position) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < classes(); k++) {
            largest = Math.max(largest, logits[index(position, k)]);
        }
        double sum = 0;
        for (int k = 0; k < classes(); k++) {
            sum += Math.exp(logits[index(position, k)] - largest);
        }
        return largest + Math.log(sum);
    }

    int positions() {
        return logSums.length;
    }

    int classes() {
        return shape.get(shape.rank() == 3 ? 2 : 1);
    }

    int index(int position, int k) {
        int area = shape.rank() == 3 ? 1 : Planes.area(shape);
        return (position / area * classes() + k) * area + position % area;
    }

    double logSoftmax(int position, int k) {
        return logits[index(position, k)] - logSums[position];
    }

    double softmax(int position, int k) {
        return Math.exp(logSoftmax(position, k));
    }
}
