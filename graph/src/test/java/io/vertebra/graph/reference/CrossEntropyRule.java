package io.vertebra.graph.reference;

import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;

/** The mean over valid positions of {@code −Σ_k q_k · log softmax(z)_k}. */
record CrossEntropyRule(SoftmaxCrossEntropy op, Site site) implements Rule {

    @Override
    public double[] forward() {
        double sum = 0;
        for (int position = 0; position < positions(); position++) {
            if (isValid(position)) {
                double logSum = logSumOfExponentials(position);
                for (int k = 0; k < classes(); k++) {
                    sum -= target(position, k) * (logit(position, k) - logSum);
                }
            }
        }
        int valid = validCount();
        return new double[] {valid == 0 ? 0 : sum / valid};
    }

    @Override
    public void backward(double[] dy) {
        double[] dz = site.dx(0);
        int valid = validCount();
        for (int position = 0; position < positions(); position++) {
            if (isValid(position)) {
                double logSum = logSumOfExponentials(position);
                for (int k = 0; k < classes(); k++) {
                    double softmax = Math.exp(logit(position, k) - logSum);
                    dz[index(position, k)] += dy[0] * (softmax - target(position, k)) / valid;
                }
            }
        }
    }

    private double logSumOfExponentials(int position) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < classes(); k++) {
            largest = Math.max(largest, logit(position, k));
        }
        double sum = 0;
        for (int k = 0; k < classes(); k++) {
            sum += Math.exp(logit(position, k) - largest);
        }
        return largest + Math.log(sum);
    }

    private double target(int position, int k) {
        double hard = isSoft() ? site.x(1)[position * classes() + k] : site.x(1)[position] == k ? 1 : 0;
        return (1 - op.smoothing()) * hard + op.smoothing() / classes();
    }

    private boolean isValid(int position) {
        return isSoft() || site.x(1)[position] != op.ignore();
    }

    private int validCount() {
        int count = 0;
        for (int position = 0; position < positions(); position++) {
            count += isValid(position) ? 1 : 0;
        }
        return count;
    }

    private boolean isSoft() {
        return site.xShape(1).rank() == site.xShape(0).rank();
    }

    private double logit(int position, int k) {
        return site.x(0)[index(position, k)];
    }

    private int index(int position, int k) {
        Shape z = site.xShape(0);
        int area = Planes.area(z);
        return (position / area * classes() + k) * area + position % area;
    }

    private int positions() {
        return site.xShape(0).n() * Planes.area(site.xShape(0));
    }

    private int classes() {
        return site.xShape(0).c();
    }
}
