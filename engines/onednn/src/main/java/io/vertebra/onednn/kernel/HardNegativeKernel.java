package io.vertebra.onednn.kernel;

import io.vertebra.graph.op.HardNegativeCrossEntropy;
import io.vertebra.graph.region.HardNegatives;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;

/**
 * The class loss of SSD: tensors logits (N, A, K), labels (N, A), loss, and the gradient unless only the loss is wanted;
 * fp32 but the labels.
 */
public final class HardNegativeKernel implements Kernel {
    private final FlatPositions positions;
    private final HardNegatives hard;
    private final SoftmaxLoss softmax;
    private final float[] marks;
    private final int[] classOf;
    private final boolean[] counts;
    private IntBuffer labels;
    private ByteBuffer loss;
    private boolean differentiated;

    /** For logits of this size. */
    public HardNegativeKernel(int pictures, int anchors, int classes, HardNegativeCrossEntropy op) {
        this.positions = new FlatPositions(pictures, anchors, classes);
        this.hard = new HardNegatives(op.ratio(), op.minNegatives());
        this.softmax = new SoftmaxLoss(positions, SoftmaxLoss.even(classes), 0);
        this.marks = new float[positions.count()];
        this.classOf = new int[marks.length];
        this.counts = new boolean[marks.length];
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
        labels.get(0, classOf);
        for (int i = 0; i < marks.length; i++) {
            marks[i] = classOf[i] == 0 ? 0 : SoftmaxLoss.OUT;
        }
        softmax.losses(labels, marks);
        int anchors = marks.length / positions.pictures();
        int positives = 0;
        for (int n = 0; n < positions.pictures(); n++) {
            positives += hard.mark(marks, classOf, n * anchors, anchors, counts);
        }
        for (int i = 0; i < marks.length; i++) {
            marks[i] = counts[i] ? 0 : SoftmaxLoss.OUT;
        }
        loss.putFloat(0, (float) softmax.run(labels, marks, Math.max(1, positives), differentiated));
    }
}
