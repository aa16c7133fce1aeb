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
    /** By threshold, the precision at each detection that found something, and which one it was. */
    private final double[][] precision;

    private final int[][] finders;
    private final int[] hits = new int[THRESHOLDS];

    private Curves(Matches matches, double[] scores, int category, CocoSummary summary) {
        this.matches = matches;
        this.scores = scores;
        this.category = category;
        this.summary = summary;
        int most = matches.objects(CocoSize.ALL.index()); // each is found once at a threshold
        this.precision = new double[THRESHOLDS][most];
        this.finders = new int[THRESHOLDS][most];
    }

    /** Writes the category's part of the summary. */
    static void draw(Matches matches, double[] scores, int category, CocoSummary summary) {
        Curves curves = new Curves(matches, scores, category, summary);
        int[] order = curves.order();
        summary.objects(category, matches.objects(CocoSize.ALL.index()));
        for (int m = 0; m < LIMITS.size(); m++) {
            int[] within = curves.within(order, LIMITS.get(m));
            for (int a = 0; a < SIZES; a++) {
                if (matches.objects(a) > 0) {
                    curves.follow(within, a);
                    for (int t = 0; t < THRESHOLDS; t++) {
                        curves.draw(within, t, a, m);
                    }
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

    /** Goes through the detections once for all thresholds. Precision only rises, and recall only moves, where something is found. */
    private void follow(int[] order, int a) {
        Arrays.fill(hits, 0);
        int[] misses = new int[THRESHOLDS];
        int missesOfAll = 0;
        for (int detection : order) {
            int found = matches.found(detection, a);
            int ignored = matches.ignored(detection, a);
            if ((found | ignored) == 0) {
                missesOfAll++;
                continue;
            }
            for (int t = 0; t < THRESHOLDS; t++) {
                if ((ignored >> t & 1) == 0) {
                    if ((found >> t & 1) == 1) {
                        finders[t][hits[t]] = detection;
                        int seen = ++hits[t] + misses[t] + missesOfAll;
                        precision[t][hits[t] - 1] = hits[t] / (seen + TINY);
                    } else {
                        misses[t]++;
                    }
                }
            }
        }
    }

    private void draw(int[] order, int t, int a, int m) {
        double[] envelope = precision[t];
        for (int i = hits[t] - 1; i > 0; i--) {
            envelope[i - 1] = Math.max(envelope[i - 1], envelope[i]);
        }
        double objects = matches.objects(a);
        summary.recall()[summary.index(t, category, a, m)] = hits[t] / objects;
        int i = 0;
        for (int r = 0; r < RECALLS; r++) {
            while (i < hits[t] && (i + 1) / objects < CocoSummary.level(r)) {
                i++;
            }
            int at = summary.index(t, r, category, a, m);
            boolean isFirst = CocoSummary.level(r) == 0 && order.length > 0; // which any detection reaches
            summary.precision()[at] = i < hits[t] ? envelope[i] : 0;
            summary.scores()[at] = isFirst || i < hits[t] ? scores[matches.row(isFirst ? order[0] : finders[t][i])] : 0;
        }
    }
}
