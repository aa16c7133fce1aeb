package io.vertebra.onednn.kernel;

import io.vertebra.graph.op.SigmoidFocal;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;

/**
 * Focal loss of every column: tensors logits (N, A, K), labels (N, A), loss, and the gradient unless only the loss is
 * wanted; fp32 but the labels.
 */
public final class FocalKernel implements Kernel {
    private final int anchors;
    private final int classes;
    private final SigmoidFocal op;
    private final float[] z;
    private Cells logits;
    private Cells gradient;
    private IntBuffer labels;
    private ByteBuffer loss;

    /** {@code anchors}: of all pictures. */
    public FocalKernel(int anchors, int classes, SigmoidFocal op) {
        this.anchors = anchors;
        this.classes = classes;
        this.op = op;
        this.z = new float[classes];
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        logits = new Cells(tensors[0], false);
        labels = tensors[1].asIntBuffer();
        loss = tensors[2];
        gradient = tensors.length > 3 ? new Cells(tensors[3], false) : null;
    }

    @Override
    public void run() {
        double scale = 1.0 / SmoothL1.divisor(labels, anchors, op.average());
        double sum = 0;
        for (int a = 0; a < anchors; a++) {
            int label = labels.get(a);
            if (label != op.ignore()) {
                logits.read(a * classes, z, 0, classes);
                sum += row(op.wanted(label, classes), scale);
            } else {
                Arrays.fill(z, 0);
            }
            if (gradient != null) {
                gradient.write(a * classes, z, 0, classes);
            }
        }
        loss.putFloat(0, (float) (sum * scale));
    }

    /** The loss of an anchor; its logits become its gradient. */
    private double row(int wanted, double scale) {
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            boolean positive = k == wanted;
            double alpha = op.alpha() < 0 ? 1 : positive ? op.alpha() : 1 - op.alpha();
            double margin = positive ? z[k] : -z[k];
            double power = Math.exp(-Math.abs(margin));
            double log = Math.min(margin, 0) - Math.log1p(power); // of p_t = σ(margin)
            double missed = margin >= 0 ? power / (1 + power) : 1 / (1 + power); // 1 − p_t
            double right = margin >= 0 ? 1 / (1 + power) : power / (1 + power);
            double turned = op.gamma() == 0 ? 1 : op.gamma() == 2 ? missed * missed : Math.pow(missed, op.gamma());
            sum -= alpha * turned * log;
            // d/dm of −(1 − p)^γ · log p = (1 − p)^γ · (γ · p · log p − (1 − p))
            double slope = alpha * turned * (op.gamma() * right * log - missed) * scale;
            z[k] = (float) (positive ? slope : -slope);
        }
        return sum;
    }
}
