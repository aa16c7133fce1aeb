package io.vertebra.onednn.kernel;

import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Softmax cross entropy with soft labels, which need not sum to one: tensors logits and labels (rows, classes), loss, and
 * the gradient unless only the loss is wanted; all fp32.
 */
public final class SoftCrossEntropyKernel implements Kernel {
    private final RowMath math = RowMath.BEST;
    private final FlatPositions positions;
    private final FlatPositions targets;
    private final float[] weights;
    private final double smoothing;
    private final int classes;
    private final int run;
    private final float[] z;
    private final float[] q;
    private final float[] max;
    private final float[] total;
    private final double[] mass;
    private final double[] dot;
    private ByteBuffer loss;
    private boolean differentiated;

    /** For tensors of these sizes. */
    public SoftCrossEntropyKernel(int rows, int classes, SoftmaxCrossEntropy op) {
        this.positions = new FlatPositions(1, rows, classes);
        this.targets = new FlatPositions(1, rows, classes);
        this.smoothing = op.smoothing();
        this.weights = SoftmaxLoss.even(classes);
        for (int k = 0; k < op.classWeights().size(); k++) {
            weights[k] = op.classWeights().get(k).floatValue();
        }
        this.classes = classes;
        this.run = positions.run();
        int largest = positions.largest();
        this.z = new float[run * largest];
        this.q = new float[run * largest];
        this.max = new float[largest];
        this.total = new float[largest];
        this.mass = new double[largest];
        this.dot = new double[largest];
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        differentiated = tensors.length > 3;
        positions.bind(tensors[0], differentiated ? tensors[3] : null);
        targets.bind(tensors[1], null);
        loss = tensors[2];
    }

    @Override
    public void run() {
        double sum = 0;
        for (int chunk = 0; chunk < positions.chunks(); chunk++) {
            positions.load(0, chunk, z);
            targets.load(0, chunk, q);
            smooth(positions.size(chunk));
            math.softmax(z, run, positions.size(chunk), max, total);
            for (int i = 0; i < positions.size(chunk); i++) {
                sum += mass[i] * (max[i] + Math.log(total[i])) - dot[i];
            }
            if (differentiated) {
                differentiate(positions.size(chunk));
                positions.store(0, chunk, z);
            }
        }
        loss.putFloat(0, (float) (sum / positions.count()));
    }

    /** q ← w · ((1 − s) · q + s / K), its sum over the classes, and that of its products with the logits. */
    private void smooth(int size) {
        Arrays.fill(mass, 0);
        Arrays.fill(dot, 0);
        float spread = (float) (smoothing / classes);
        float rest = (float) (1 - smoothing);
        for (int i = 0; i < size; i++) {
            for (int k = 0; k < classes; k++) {
                int at = i * run + k;
                q[at] = weights[k] * (rest * q[at] + spread);
                mass[i] += q[at];
                dot[i] += (double) q[at] * z[at];
            }
        }
    }

    private void differentiate(int size) {
        float scale = 1f / positions.count();
        for (int i = 0; i < size; i++) {
            for (int k = 0; k < classes; k++) {
                int at = i * run + k;
                z[at] = scale * ((float) mass[i] * (z[at] / total[i]) - q[at]);
            }
        }
    }
}
