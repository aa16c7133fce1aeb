package io.vertebra.onednn.kernel;

import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;

/**
 * Softmax cross entropy with class labels, loss and gradient: tensors logits, labels, loss, and the gradient unless only
 * the loss is wanted; fp32 but the labels, which must be classes or the one to ignore. The hardest positions are found in
 * a pass of its own, which keeps one number a position.
 */
public final class CrossEntropyKernel implements Kernel {
    private final Positions positions;
    private final int pictures;
    private final SoftmaxCrossEntropy op;
    private final float[] weights;
    private final SoftmaxLoss softmax;
    private final float[] marks;
    private final Hardest hardest;
    private IntBuffer labels;
    private ByteBuffer loss;
    private boolean differentiated;

    /** Over these positions of so many pictures. */
    public CrossEntropyKernel(Positions positions, int pictures, SoftmaxCrossEntropy op) {
        this.positions = positions;
        this.pictures = pictures;
        this.op = op;
        this.weights = SoftmaxLoss.even(positions.classes());
        for (int k = 0; k < op.classWeights().size(); k++) {
            weights[k] = op.classWeights().get(k).floatValue();
        }
        this.softmax = new SoftmaxLoss(positions, weights, op.smoothing());
        this.marks = new float[positions.count()];
        this.hardest = op.hardest() == null ? null : new Hardest();
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
        int valid = 0;
        for (int i = 0; i < marks.length; i++) {
            boolean counts = labels.get(i) != op.ignore();
            marks[i] = counts ? 0 : SoftmaxLoss.OUT;
            valid += counts ? 1 : 0;
        }
        if (hardest != null && valid > 0) {
            dropEasy(valid);
        }
        double divisor = marks.length;
        if (op.average() == SoftmaxCrossEntropy.Average.VALID) {
            divisor = 0;
            for (int i = 0; i < marks.length; i++) {
                divisor += marks[i] == SoftmaxLoss.OUT ? 0 : weights[labels.get(i)];
            }
        }
        loss.putFloat(0, (float) softmax.run(labels, marks, divisor, differentiated));
    }

    /** A probability below a bound is a loss above its negative logarithm. */
    private void dropEasy(int valid) {
        softmax.losses(labels, marks);
        long kept = (long) op.hardest().minKept() * pictures;
        float ranked = hardest.ranked(marks, 0, marks.length, (int) Math.min(kept, valid - 1));
        double bound = Math.min(-Math.log(op.hardest().threshold()), ranked);
        for (int i = 0; i < marks.length; i++) {
            if (marks[i] <= bound) {
                marks[i] = SoftmaxLoss.OUT;
            }
        }
    }
}
