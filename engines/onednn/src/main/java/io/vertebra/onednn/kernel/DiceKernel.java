package io.vertebra.onednn.kernel;

import io.vertebra.graph.op.SoftmaxDice;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;

/**
 * One minus the dice overlap of softmax and labels: tensors logits, labels, loss, and the gradient unless only the loss is
 * wanted; fp32 but the labels. Each picture is read twice: for its sums, and for the gradient, which depends on them.
 */
public final class DiceKernel implements Kernel {
    private final RowMath math = RowMath.BEST;
    private final Positions positions;
    private final SoftmaxDice op;
    private final int classes;
    private final int stride;
    private final float[] p;
    private final float[] max;
    private final float[] total;
    private final double[] common;
    private final double[] sizes;
    private final float[] pull;
    private final float[] push;
    private IntBuffer labels;
    private ByteBuffer loss;
    private boolean differentiated;

    /** Over these positions. */
    public DiceKernel(Positions positions, SoftmaxDice op) {
        this.positions = positions;
        this.op = op;
        this.classes = positions.classes();
        this.stride = positions.stride();
        this.p = new float[Math.multiplyExact(classes, stride)];
        this.max = new float[stride];
        this.total = new float[stride];
        this.common = new double[classes];
        this.sizes = new double[classes];
        this.pull = new float[classes];
        this.push = new float[classes];
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        differentiated = tensors.length > 3;
        positions.bind(tensors[0], differentiated ? tensors[3] : null);
        labels = tensors[1].asIntBuffer();
        loss = tensors[2];
    }

    @Override
    public void run() {
        double overlap = 0;
        double terms = (double) positions.pictures() * classes;
        for (int n = 0; n < positions.pictures(); n++) {
            Arrays.fill(common, 0);
            Arrays.fill(sizes, 0);
            for (int chunk = 0; chunk < positions.chunks(); chunk++) {
                probabilities(n, chunk);
                measure(n, chunk);
            }
            for (int k = 0; k < classes; k++) {
                double above = 2 * common[k] + op.smooth();
                double below = sizes[k] + op.smooth();
                overlap += above / below;
                pull[k] = (float) (2 / (below * terms));
                push[k] = (float) (2 * above / (below * below * terms));
            }
            for (int chunk = 0; differentiated && chunk < positions.chunks(); chunk++) {
                probabilities(n, chunk);
                differentiate(n, chunk);
                positions.store(n, chunk, p);
            }
        }
        loss.putFloat(0, (float) (1 - overlap / terms));
    }

    private boolean counts(int position) {
        return labels.get(position) != op.ignore();
    }

    /** The softmax of a chunk; 0 where a position does not count. */
    private void probabilities(int picture, int chunk) {
        int first = positions.first(picture, chunk);
        positions.load(picture, chunk, p);
        math.softmax(p, classes, stride, max, total);
        for (int k = 0; k < classes; k++) {
            for (int i = 0; i < stride; i++) {
                p[k * stride + i] /= total[i];
            }
        }
        for (int i = 0; i < stride; i++) {
            if (i >= positions.size(chunk) || !counts(first + i)) {
                for (int k = 0; k < classes; k++) {
                    p[k * stride + i] = 0;
                }
            }
        }
    }

    private void measure(int picture, int chunk) {
        int first = positions.first(picture, chunk);
        for (int k = 0; k < classes; k++) {
            double squares = 0;
            for (int i = 0; i < stride; i++) {
                double value = p[k * stride + i];
                squares += value * value;
            }
            sizes[k] += squares;
        }
        for (int i = 0; i < positions.size(chunk); i++) {
            if (counts(first + i)) {
                int label = labels.get(first + i);
                common[label] += p[label * stride + i];
                sizes[label]++;
            }
        }
    }

    /** With the gradient g = push · p − pull · t of the probabilities: p · (g − Σ g · p). */
    private void differentiate(int picture, int chunk) {
        int first = positions.first(picture, chunk);
        float[] mean = max;
        Arrays.fill(mean, 0);
        for (int k = 0; k < classes; k++) {
            for (int i = 0; i < stride; i++) {
                float value = p[k * stride + i];
                mean[i] += push[k] * value * value;
            }
        }
        for (int i = 0; i < positions.size(chunk); i++) {
            total[i] = 0;
            if (counts(first + i)) {
                int label = labels.get(first + i);
                total[i] = pull[label] * p[label * stride + i];
                mean[i] -= total[i];
            }
        }
        for (int k = 0; k < classes; k++) {
            for (int i = 0; i < stride; i++) {
                float value = p[k * stride + i];
                p[k * stride + i] = value * (push[k] * value - mean[i]);
            }
        }
        for (int i = 0; i < positions.size(chunk); i++) {
            if (counts(first + i)) {
                p[labels.get(first + i) * stride + i] -= total[i];
            }
        }
    }
}
