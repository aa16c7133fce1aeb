package io.vertebra.onednn.kernel;

import io.vertebra.graph.op.HardNegativeCrossEntropy;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;

/**
 * The class loss of SSD: tensors logits (N, A, K), labels (N, A), loss, and the gradient unless only the loss is wanted;
 * fp32 but the labels.
 */
public final class HardNegativeKernel implements Kernel {
    private final FlatPositions positions;
    private final HardNegativeCrossEntropy op;
    private final SoftmaxLoss softmax;
    private final Hardest hardest = new Hardest();
    private final float[] marks;
    private IntBuffer labels;
    private ByteBuffer loss;
    private boolean differentiated;

    /** For logits of this size. */
    public HardNegativeKernel(int pictures, int anchors, int classes, HardNegativeCrossEntropy op) {
        this.positions = new FlatPositions(pictures, anchors, classes);
        this.op = op;
        this.softmax = new SoftmaxLoss(positions, SoftmaxLoss.even(classes), 0);
        this.marks = new float[positions.count()];
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
        for (int i = 0; i < marks.length; i++) {
            marks[i] = labels.get(i) == 0 ? 0 : SoftmaxLoss.OUT;
        }
        softmax.losses(labels, marks);
        int anchors = marks.length / positions.pictures();
        int positives = 0;
        for (int n = 0; n < positions.pictures(); n++) {
            positives += choose(n * anchors, (n + 1) * anchors);
        }
        loss.putFloat(0, (float) softmax.run(labels, marks, Math.max(1, positives), differentiated));
    }

    /** Leaves the positives of a picture and its hardest negatives, the earlier of equal ones; gives the positives. */
    private int choose(int from, int to) {
        int positives = 0;
        int negatives = 0;
        for (int i = from; i < to; i++) {
            positives += labels.get(i) > 0 ? 1 : 0;
            negatives += labels.get(i) == 0 ? 1 : 0;
        }
        int wanted = (int) Math.min(negatives, Math.max(Math.floor(op.ratio() * positives), op.minNegatives()));
        float bound = wanted == 0 ? Float.POSITIVE_INFINITY : hardest.ranked(marks, from, to, wanted - 1);
        int equal = wanted;
        for (int i = from; i < to; i++) {
            equal -= isAbove(marks[i], bound) ? 1 : 0;
        }
        for (int i = from; i < to; i++) {
            boolean chosen = wanted > 0 && isAbove(marks[i], bound);
            if (!chosen && wanted > 0 && Float.compare(marks[i], bound) == 0 && equal > 0) {
                chosen = true;
                equal--;
            }
            marks[i] = labels.get(i) > 0 || chosen ? 0 : SoftmaxLoss.OUT;
        }
        return positives;
    }

    private static boolean isAbove(float mark, float bound) {
        return Float.compare(mark, bound) > 0;
    }
}
