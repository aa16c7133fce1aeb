package io.vertebra.tasks.metrics.coco;

import static io.vertebra.tasks.metrics.coco.CocoSummary.LIMITS;
import static io.vertebra.tasks.metrics.coco.CocoSummary.RECALLS;
import static io.vertebra.tasks.metrics.coco.CocoSummary.SIZES;
import static io.vertebra.tasks.metrics.coco.CocoSummary.THRESHOLDS;

import java.util.Arrays;

/** Precision over recall of one category, from its matches. */
final class Curves {

    /** What pycocotools adds to a divisor: the distance from 1 to the next number. */
    private static final double TINY = Math.ulp(1.0);

    private final Matches matches;
    private final double[] scores;
    private final CocoSummary summary;
    private final int category;
    private final double[] recall;
    private final double[] precision;

    private Curves(Matches matches, double[] scores, int category, CocoSummary summary) {
        this.matches = matches;
        this.scores = scores;
        this.category = category;
        this.summary = summary;
        this.recall = new double[matches.count()];
        this.precision = new double[matches.count()];
    }

    /** Writes the category's part of the summary. */
    static void draw(Matches matches, double[] scores, int category, CocoSummary summary) {
        Curves curves = new Curves(matches, scores, category, summary);
        int[] order = curves.order();
        summary.objects(category, matches.objects(CocoSize.ALL.index()));
        for (int m = 0; m < LIMITS.size(); m++) {
            int[] within = curves.within(order, LIMITS.get(m));
            for (int a = 0; a < SIZES; a++) {
                for (int t = 0; matches.objects(a) > 0 && t < THRESHOLDS; t++) {
                    curves.draw(within, t, a, m);
                }
            }
        }
    }

    /** The detections by falling score, equal ones by picture and then as they were found. */
    private int[] order() {
        int[] order = new int[matches.count()];
        double[] own = new double[order.length];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
            own[i] = scores[matches.row(i)];
        }
        FallingScores.sort(order, 0, order.length, own);
        return order;
    }

    private int[] within(int[] order, int limit) {
        int[] within = new int[order.length];
        int count = 0;
        for (int detection : order) {
            if (matches.rank(detection) < limit) {
                within[count++] = detection;
            }
        }
        return Arrays.copyOf(within, count);
    }

    private void draw(int[] order, int t, int a, int m) {
        int hits = 0;
        int misses = 0;
        for (int i = 0; i < order.length; i++) {
            if (!matches.isIgnored(order[i], a, t)) {
                boolean isFound = matches.isFound(order[i], a, t);
                hits += isFound ? 1 : 0;
                misses += isFound ? 0 : 1;
            }
            recall[i] = hits / (double) matches.objects(a);
            precision[i] = hits / ((double) (misses + hits) + TINY);
        }
        for (int i = order.length - 1; i > 0; i--) {
            precision[i - 1] = Math.max(precision[i - 1], precision[i]);
        }
        summary.recall()[summary.index(t, category, a, m)] = order.length == 0 ? 0 : recall[order.length - 1];
        int i = 0;
        for (int r = 0; r < RECALLS; r++) {
            while (i < order.length && recall[i] < CocoSummary.level(r)) {
                i++;
            }
            int at = summary.index(t, r, category, a, m);
            summary.precision()[at] = i < order.length ? precision[i] : 0;
            summary.scores()[at] = i < order.length ? scores[matches.row(order[i])] : 0;
        }
    }
}
