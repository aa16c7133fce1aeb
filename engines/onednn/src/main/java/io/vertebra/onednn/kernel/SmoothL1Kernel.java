package io.vertebra.onednn.kernel;

import io.vertebra.graph.op.BoxSmoothL1;
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
    private final BoxSmoothL1 op;
    private final float[] x;
    private final float[] t;
    private Cells encodings;
    private Cells targets;
    private Cells gradient;
    private IntBuffer labels;
    private ByteBuffer loss;

    /** {@code anchors}: of all pictures. */
    public SmoothL1Kernel(int anchors, int columns, BoxSmoothL1 op) {
        this.anchors = anchors;
        this.columns = columns;
        this.op = op;
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
        double scale = 1.0 / SmoothL1.divisor(labels, anchors, op.average());
        double sum = 0;
        for (int a = 0; a < anchors; a++) {
            if (labels.get(a) > 0) {
                encodings.read(a * columns, x, 0, columns);
                targets.read(a * columns, t, 0, columns);
                sum += SmoothL1.row(x, 0, t, columns, op.beta(), scale);
            } else {
                Arrays.fill(x, 0);
            }
            if (gradient != null) {
                gradient.write(a * columns, x, 0, columns);
            }
        }
        loss.putFloat(0, (float) (sum * scale));
    }
}
