package io.vertebra.onednn.kernel;

import io.vertebra.graph.op.AnchorAverage;
import io.vertebra.graph.op.RegionSmoothL1;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;

/**
 * Smooth L1 of the box of each region's class: tensors encodings (R, 4·K), targets (R, 4), labels (R), loss, and the
 * gradient unless only the loss is wanted; fp32 but the labels.
 */
public final class RegionSmoothL1Kernel implements Kernel {
    private static final int BOX = 4;

    private final RegionSmoothL1 op;
    private final int regions;
    private final int columns;
    private final float[] x;
    private final float[] t = new float[BOX];
    private Cells encodings;
    private Cells targets;
    private Cells gradient;
    private IntBuffer labels;
    private ByteBuffer loss;

    /** {@code columns}: four of each class. */
    public RegionSmoothL1Kernel(RegionSmoothL1 op, int regions, int columns) {
        this.op = op;
        this.regions = regions;
        this.columns = columns;
        this.x = new float[columns];
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
        double scale = 1.0 / SmoothL1.divisor(labels, regions, AnchorAverage.VALID);
        double sum = 0;
        for (int r = 0; r < regions; r++) {
            int at = BOX * labels.get(r);
            Arrays.fill(x, 0);
            if (at > 0) {
                encodings.read(r * columns + at, x, at, BOX);
                targets.read(r * BOX, t, 0, BOX);
                sum += SmoothL1.row(x, at, t, BOX, op.beta(), scale);
            }
            if (gradient != null) {
                gradient.write(r * columns, x, 0, columns);
            }
        }
        loss.putFloat(0, (float) (sum * scale));
    }
}
