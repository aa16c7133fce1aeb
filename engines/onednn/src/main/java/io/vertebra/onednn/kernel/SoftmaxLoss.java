package io.vertebra.onednn.kernel;

import java.nio.IntBuffer;
import java.util.Arrays;

/** Softmax cross entropy with class labels over positions of which some count: what several losses are made of. */
final class SoftmaxLoss {
    /** The mark of a position that does not count. */
    static final float OUT = -1;

    private final RowMath math = RowMath.BEST;
    private final Positions positions;
    private final float[] weights;
    private final double allWeights;
    private final float smoothing;
    private final int classes;
    private final int run;
    private final float[] z;
    private final float[] minus;
    private final float[] max;
    private final float[] total;
    private final float[] factor;
    private final float[] own;
    private final double[] weighted;

    /** {@code weights} of the classes. */
    SoftmaxLoss(Positions positions, float[] weights, double smoothing) {
        this.positions = positions;
        this.weights = weights;
        this.smoothing = (float) smoothing;
        this.classes = positions.classes();
        this.run = positions.run();
        int largest = positions.largest();
        this.z = new float[Math.multiplyExact(run, largest)];
        this.minus = new float[run];
        this.max = new float[largest];
        this.total = new float[largest];
        this.factor = new float[largest];
        this.own = new float[largest];
        this.weighted = new double[largest];
        double sum = 0;
        for (float weight : weights) {
            sum += weight;
        }
        this.allWeights = sum;
    }

    /** Weights that are all 1. */
    static float[] even(int classes) {
        float[] weights = new float[classes];
        Arrays.fill(weights, 1);
        return weights;
    }

    /** The cross entropy of each position that counts, unweighted, over its mark. */
    void losses(IntBuffer labels, float[] marks) {
        for (int n = 0; n < positions.pictures(); n++) {
            for (int chunk = 0; chunk < positions.chunks(); chunk++) {
                int first = positions.first(n, chunk);
                loadAndPower(labels, marks, n, chunk);
                for (int i = 0; i < positions.size(chunk); i++) {
                    if (marks[first + i] != OUT) {
                        marks[first + i] = (float) (max[i] + Math.log(total[i]) - own[i]);
                    }
                }
            }
        }
    }

    /** Turns the logits of a chunk into powers; keeps the logit of each label, and the weighted sum of all. */
    private void loadAndPower(IntBuffer labels, float[] marks, int picture, int chunk) {
        int first = positions.first(picture, chunk);
        positions.load(picture, chunk, z);
        for (int i = 0; i < positions.size(chunk); i++) {
            own[i] = marks[first + i] != OUT ? z[i * run + labels.get(first + i)] : 0;
        }
        if (smoothing > 0) {
            for (int i = 0; i < positions.size(chunk); i++) {
                weighted[i] = 0;
                for (int k = 0; k < classes; k++) {
                    weighted[i] += (double) weights[k] * z[i * run + k];
                }
            }
        }
        math.softmax(z, run, positions.size(chunk), max, total);
    }

    /** The sum of the losses over the divisor, and its gradient into the positions if wanted. */
    double run(IntBuffer labels, float[] marks, double divisor, boolean gradient) {
        double scale = divisor == 0 ? 0 : 1 / divisor;
        double sum = 0;
        for (int n = 0; n < positions.pictures(); n++) {
            for (int chunk = 0; chunk < positions.chunks(); chunk++) {
                loadAndPower(labels, marks, n, chunk);
                sum += sum(labels, marks, positions.first(n, chunk), positions.size(chunk), scale);
                if (gradient) {
                    differentiate(labels, marks, positions.first(n, chunk), positions.size(chunk), (float) scale);
                    positions.store(n, chunk, z);
                }
            }
        }
        return sum * scale;
    }

    private double sum(IntBuffer labels, float[] marks, int first, int size, double scale) {
        double spread = smoothing / classes;
        double sum = 0;
        Arrays.fill(factor, 0);
        for (int i = 0; i < size; i++) {
            if (marks[first + i] != OUT) {
                double target = (1 - smoothing) * (double) weights[labels.get(first + i)];
                double mass = target + spread * allWeights;
                double log = max[i] + Math.log(total[i]);
                sum += mass * log - target * own[i] - (smoothing > 0 ? spread * weighted[i] : 0);
                factor[i] = (float) (mass * scale / total[i]);
            }
        }
        return sum;
    }

    private void differentiate(IntBuffer labels, float[] marks, int first, int size, float scale) {
        float spread = smoothing / classes * scale;
        for (int k = 0; k < classes; k++) {
            minus[k] = spread * weights[k];
        }
        math.scale(z, run, size, factor, minus);
        for (int i = 0; i < size; i++) {
            if (marks[first + i] != OUT) {
                int label = labels.get(first + i);
                z[i * run + label] -= (1 - smoothing) * weights[label] * scale;
            } else {
                Arrays.fill(z, i * run, (i + 1) * run, 0);
            }
        }
    }
}
