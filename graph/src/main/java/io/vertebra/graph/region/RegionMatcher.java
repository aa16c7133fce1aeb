package io.vertebra.graph.region;

import io.vertebra.graph.op.HardNegativeCrossEntropy;
import io.vertebra.graph.op.RegionLabels;
import io.vertebra.graph.op.RegionTargets;
import java.util.List;

/**
 * What the regions of a two-stage detector should say: the class of each, and the code of its object's box.
 *
 * <p>rois (R, 5) of picture number, x1, y1, x2, y2, truths (N, M, 4), labels (N, M), 0 where there is no object. Takes R · M
 * steps and, beside the result, no memory.
 */
public final class RegionMatcher {
    private RegionMatcher() {}

    /** See {@link RegionLabels}: (R). */
    public static int[] labels(RegionLabels op, float[] rois, float[] truths, int[] labels, int pictures) {
        Truths all = Truths.of(truths, labels, pictures);
        int[] found = new int[Door.rois(rois, pictures)];
        float[] box = new float[4];
        for (int r = 0; r < found.length; r++) {
            System.arraycopy(rois, 5 * r + 1, box, 0, 4);
            int truth = all.match((int) rois[5 * r], box, 0, op.positive());
            boolean isEmpty = !(Boxes.area(box, 0) > 0);
            found[r] = isEmpty ? HardNegativeCrossEntropy.IGNORE : truth < 0 ? 0 : labels[truth];
        }
        return found;
    }

    /** See {@link RegionTargets}: (R, 4). */
    public static float[] targets(RegionTargets op, float[] rois, float[] truths, int[] labels, int pictures) {
        Truths all = Truths.of(truths, labels, pictures);
        float[] codes = new float[4 * Door.rois(rois, pictures)];
        List<Double> weights = op.weights();
        BoxCoder coder =
                new BoxCoder(weights.get(0), weights.get(1), weights.get(2), weights.get(3), BoxCoder.Order.X_FIRST);
        float[] box = new float[4];
        for (int r = 0; r < codes.length / 4; r++) {
            System.arraycopy(rois, 5 * r + 1, box, 0, 4);
            int truth = all.match((int) rois[5 * r], box, 0, op.positive());
            if (truth >= 0) {
                coder.encode(truths, truth, box, 0, codes, 4 * r);
            }
        }
        return codes;
    }
}
