package io.vertebra.graph.reference;

import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.op.SoftmaxCrossEntropy.Average;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The mean over the positions that count of {@code −Σ_k w_k · q_k · log softmax(z)_k}. */
record CrossEntropyRule(SoftmaxCrossEntropy op, Site site) implements Rule {

    @Override
    public double[] forward() {
        ClassLogits z = new ClassLogits(site.x(0), site.xShape(0));
        double sum = 0;
        int[] counted = counted(z);
        for (int position : counted) {
            for (int k = 0; k < z.classes(); k++) {
                sum -= target(z, position, k) * z.logSoftmax(position, k);
            }
        }
        double divisor = divisor(z, counted);
        return new double[] {divisor == 0 ? 0 : sum / divisor};
    }

    @Override
    public void backward(double[] dy) {
        ClassLogits z = new ClassLogits(site.x(0), site.xShape(0));
        double[] dz = site.dx(0);
        int[] counted = counted(z);
        double divisor = divisor(z, counted);
        for (int position : counted) {
            double mass = 0;
            for (int k = 0; k < z.classes(); k++) {
                mass += target(z, position, k);
            }
            for (int k = 0; k < z.classes() && divisor > 0; k++) {
                double pull = mass * z.softmax(position, k) - target(z, position, k);
                dz[z.index(position, k)] += dy[0] * pull / divisor;
            }
        }
    }

    /** w_k · q_k. */
    private double target(ClassLogits z, int position, int k) {
        double hard = isSoft() ? site.x(1)[position * z.classes() + k] : label(position) == k ? 1 : 0;
        return weight(k) * ((1 - op.smoothing()) * hard + op.smoothing() / z.classes());
    }

    private int[] counted(ClassLogits z) {
        int[] valid = IntStream.range(0, z.positions())
                .filter(position -> isSoft() || label(position) != op.ignore())
                .toArray();
        if (op.hardest() == null || valid.length == 0) {
            return valid;
        }
        double[] sorted = Arrays.stream(valid)
                .mapToDouble(position -> z.softmax(position, label(position)))
                .sorted()
                .toArray();
        long kept = (long) op.hardest().minKept() * site.xShape(0).n();
        double limit = Math.max(op.hardest().threshold(), sorted[(int) Math.min(kept, sorted.length - 1L)]);
        return Arrays.stream(valid)
                .filter(position -> z.softmax(position, label(position)) < limit)
                .toArray();
    }

    private double divisor(ClassLogits z, int[] counted) {
        if (op.average() == Average.ALL) {
            return z.positions();
        }
        return isSoft()
                ? z.positions()
                : Arrays.stream(counted)
                        .mapToDouble(position -> weight(label(position)))
                        .sum();
    }

    private double weight(int k) {
        return op.classWeights().isEmpty() ? 1 : op.classWeights().get(k);
    }

    private int label(int position) {
        return (int) site.x(1)[position];
    }

    private boolean isSoft() {
        return site.xShape(1).rank() == site.xShape(0).rank();
    }
}
