package io.vertebra.graph.region;

import io.vertebra.graph.engine.CounterHash;
import io.vertebra.graph.op.RegionSamples;
import java.util.Arrays;

/**
 * Draws the regions of which a two-stage detector learns, by {@link CounterHash}: the same for the same key, in whatever
 * order and on however many threads.
 *
 * <p>Takes (P + M) · M steps a picture; beside the result, 40 bytes for each sample of a picture.
 *
 * @see BalancedSampler the same shares by a generator, for anchors on the host
 */
public final class RegionDrawer {
    private final RegionSamples op;
    private final float[] rois;
    private final Truths truths;
    private final int perPicture;
    private final long key;
    private final float[] box = new float[4];
    private final Best positives = new Best();
    private final Best negatives = new Best();

    private RegionDrawer(RegionSamples op, float[] rois, Truths truths, int perPicture, long key) {
        this.op = op;
        this.rois = rois;
        this.truths = truths;
        this.perPicture = perPicture;
        this.key = key;
    }

    /**
     * See {@link RegionSamples}: rois (N·P, 5), truths (N, M, 4), labels (N, M) → (N·samples, 5).
     *
     * @param key of the node in this pass
     */
    public static float[] draw(RegionSamples op, float[] rois, float[] truths, int[] labels, int pictures, long key) {
        Truths all = Truths.of(truths, labels, pictures);
        Door.whole("rois", rois.length, 5L * pictures);
        RegionDrawer drawer = new RegionDrawer(op, rois, all, rois.length / 5 / pictures, key);
        float[] drawn = new float[Door.elements("samples", pictures, op.samples(), 5)];
        for (int picture = 0; picture < pictures; picture++) {
            drawer.draw(picture, drawn);
        }
        return drawn;
    }

    private void draw(int picture, float[] drawn) {
        positives.start((int) (op.samples() * op.share()));
        negatives.start(op.samples());
        int candidates = perPicture + truths.perPicture();
        for (int candidate = 0; candidate < candidates; candidate++) {
            if (read(picture, candidate)) {
                boolean positive = truths.match(picture, box, 0, op.positive()) >= 0;
                float uniform = CounterHash.uniform(key, (long) picture * candidates + candidate);
                (positive ? positives : negatives).add(-uniform, candidate);
            }
        }
        int from = picture * op.samples();
        int middle = write(picture, positives, positives.finish(), from, drawn);
        int room = from + op.samples() - middle;
        int end = write(picture, negatives, Math.min(negatives.finish(), room), middle, drawn);
        for (int row = end; row < from + op.samples(); row++) {
            drawn[5 * row] = picture;
        }
    }

    /** Reads the box of a candidate; answers whether it counts. */
    private boolean read(int picture, int candidate) {
        if (candidate < perPicture) {
            System.arraycopy(rois, 5 * (picture * perPicture + candidate) + 1, box, 0, 4);
        } else {
            int truth = picture * truths.perPicture() + candidate - perPicture;
            truths.copy(truth, box);
            if (!truths.isObject(truth)) {
                return false;
            }
        }
        return Boxes.area(box, 0) > 0;
    }

    /** Writes the best so many in the order of the candidates from a row on; answers the row behind them. */
    private int write(int picture, Best best, int count, int row, float[] drawn) {
        int[] chosen = new int[count];
        Arrays.setAll(chosen, best::index);
        Arrays.sort(chosen);
        for (int i = 0; i < count; i++) {
            read(picture, chosen[i]);
            drawn[5 * (row + i)] = picture;
            System.arraycopy(box, 0, drawn, 5 * (row + i) + 1, 4);
        }
        return row + count;
    }
}
