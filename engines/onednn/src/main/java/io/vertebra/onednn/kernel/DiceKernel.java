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
    private final int run;
    private final float[] nothing;
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
        this.run = positions.run();
        this.nothing = new float[run];
        this.p = new float[Math.multiplyExact(run, positions.largest())];
        this.max = new float[positions.largest()];
        this.total = new float[positions.largest()];
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
        double value = 0;
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
                value += 1 - above / below;
                pull[k] = (float) (2 / (below * terms));
                push[k] = (float) (2 * above / (below * below * terms));
            }
            for (int chunk = 0; differentiated && chunk < positions.chunks(); chunk++) {
                probabilities(n, chunk);
                differentiate(n, chunk);
                positions.store(n, chunk, p);
            }
        }
        loss.putFloat(0, (float) (value / terms));
    }

    private boolean counts(int position) {
        return labels.get(position) != op.ignore();
    }

    /** The softmax of a chunk; 0 where a position does not count. */
    private void probabilities(int picture, int chunk) {
        int first = positions.first(picture, chunk);
        int size = positions.size(chunk);
        positions.load(picture, chunk, p);
        math.softmax(p, run, size, max, total);
        for (int i = 0; i < size; i++) {
            total[i] = 1 / total[i];
        }
        math.scale(p, run, size, total, nothing);
        for (int i = 0; i < size; i++) {
            if (!counts(first + i)) {
                Arrays.fill(p, i * run, (i + 1) * run, 0);
            }
        }
    }

    private void measure(int picture, int chunk) {
        int first = positions.first(picture, chunk);
        for (int i = 0; i < positions.size(chunk); i++) {
            for (int k = 0; k < classes; k++) {
                double value = p[i * run + k];
                sizes[k] += value * value;
            }
            if (counts(first + i)) {
                int label = labels.get(first + i);
                common[label] += p[i * run + label];
                sizes[label]++;
            }
        }
    }

    /** With the gradient g = push · p − pull · t of the probabilities: p · (g − Σ g · p). */
    private void differentiate(int picture, int chunk) {
        int first = positions.first(picture, chunk);
        for (int i = 0; i < positions.size(chunk); i++) {
            if (counts(first + i)) {
                pullBack(i * run, labels.get(first + i));
            }
        }
    }

    private void pullBack(int at, int label) {
        float own = pull[label] * p[at + label];
        float mean = -own;
        for (int k = 0; k < classes; k++) {
            mean += push[k] * p[at + k] * p[at + k];
        }
        for (int k = 0; k < classes; k++) {
            p[at + k] *= push[k] * p[at + k] - mean;
        }
        p[at + label] -= own;
    }
}
