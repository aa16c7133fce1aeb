package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;

/**
 * Smooth L1 of the boxes of positive anchors: tensors encodings (N, A, columns), targets alike, labels (N, A), loss, and
 * the gradient unless only the loss is wanted; fp32 but the labels.
 */
public final class SmoothL1Kernel implements Kernel {
    private final int anchors;
    private final int columns;
    private final double beta;
    private final float[] x;
    private final float[] t;
    private Cells encodings;
    private Cells targets;
    private Cells gradient;
    private IntBuffer labels;
    private ByteBuffer loss;

    /** {@code anchors}: of all pictures. */
    public SmoothL1Kernel(int anchors, int columns, double beta) {
        this.anchors = anchors;
        this.columns = columns;
        this.beta = beta;
        this.x = new float[columns];
        this.t = new float[columns];
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        encodings = new Cells(tensors[0], false);
        targets = new Cells(tensors[1], false);
        labels = tensors[2].asIntBuffer();
        loss = tensors[3];
        gradient = tensors.length > 4 ? new Cells(tensors[4], false) : null;
    }

    @Override
    public void run() {
        int positives = 0;
        for (int a = 0; a < anchors; a++) {
            positives += labels.get(a) > 0 ? 1 : 0;
        }
        double scale = 1.0 / Math.max(1, positives);
        double sum = 0;
        for (int a = 0; a < anchors; a++) {
            if (labels.get(a) > 0) {
                encodings.read(a * columns, x, 0, columns);
                targets.read(a * columns, t, 0, columns);
                sum += row(scale);
            } else {
                Arrays.fill(x, 0);
            }
            if (gradient != null) {
                gradient.write(a * columns, x, 0, columns);
            }
        }
        loss.putFloat(0, (float) (sum * scale));
    }

    /** The loss of an anchor; its encoding becomes its gradient. */
    private double row(double scale) {
        double sum = 0;
        for (int k = 0; k < columns; k++) {
            double d = (double) x[k] - t[k];
            double distance = Math.abs(d);
            sum += distance < beta ? d * d / (2 * beta) : distance - beta / 2;
            x[k] = (float) (scale * (distance < beta ? d / beta : Math.signum(d)));
        }
        return sum;
    }
}
