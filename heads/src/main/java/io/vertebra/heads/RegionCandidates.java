package io.vertebra.heads;

import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.region.Boxes;
import io.vertebra.graph.region.Nms;
import java.util.Arrays;

/** Boxes of one picture's regions with their classes, of which the best become detections. */
final class RegionCandidates {
    private final TwoStageDetector.Detecting detecting;
    private final int columns;
    private final Size picture;
    private final float[] region = new float[4];
    private float[] boxes = new float[4 * 64];
    private float[] scores = new float[64];
    private int[] classes = new int[64];
    private int count;

    RegionCandidates(TwoStageDetector.Detecting detecting, int columns, Size picture) {
        this.detecting = detecting;
        this.columns = columns;
        this.picture = picture;
    }

    /** Adds the boxes of a region, one for each class but the background whose score is high enough. */
    void add(float[] proposals, float[] logits, float[] encodings, int row) {
        System.arraycopy(proposals, 5 * row + 1, region, 0, 4);
        if (!(region[2] > region[0] && region[3] > region[1])) {
            return;
        }
        float[] all = Softmax.rows(logits, row * columns, 1, columns);
        for (int k = DenseDetector.BACKGROUND + 1; k < columns; k++) {
            Check.that(Float.isFinite(all[k]), "scores", "region %d, class %d: %s", row, k, all[k]);
            if (all[k] > detecting.score()) {
                grow();
                detecting.coder().decode(encodings, 4 * (row * columns + k), region, 0, boxes, 4 * count);
                if (clip(4 * count)) {
                    scores[count] = all[k];
                    classes[count++] = k;
                }
            }
        }
    }

    private void grow() {
        if (count == scores.length) {
            boxes = Arrays.copyOf(boxes, 8 * count);
            scores = Arrays.copyOf(scores, 2 * count);
            classes = Arrays.copyOf(classes, 2 * count);
        }
    }

    /** Cuts the box off at the borders of the picture; whether enough is left of it. */
    private boolean clip(int at) {
        for (int side = 0; side < 4; side++) {
            float end = side % 2 == 0 ? picture.width() : picture.height();
            Check.that(Float.isFinite(boxes[at + side]), "boxes", "hold %s", boxes[at + side]);
            boxes[at + side] = Math.min(Math.max(boxes[at + side], 0), end);
        }
        return boxes[at + 2] - boxes[at] >= detecting.minSide() && boxes[at + 3] - boxes[at + 1] >= detecting.minSide();
    }

    /** The best that do not overlap a better one of their class too much. */
    Detections detections() {
        float[] own = Arrays.copyOf(boxes, 4 * count);
        int[] kept =
                Nms.keepPerClass(own, Arrays.copyOf(scores, count), Arrays.copyOf(classes, count), detecting.overlap());
        int[] best = Arrays.copyOf(kept, Math.min(kept.length, detecting.perPicture()));
        float[] bestScores = new float[best.length];
        int[] bestClasses = new int[best.length];
        for (int i = 0; i < best.length; i++) {
            bestScores[i] = scores[best[i]];
            bestClasses[i] = classes[best[i]];
        }
        return new Detections(Boxes.take(own, best), bestScores, bestClasses);
    }
}
