package io.vertebra.tasks.metrics.coco;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an evaluation found, as pycocotools keeps it: −1 is a figure without anything to find, and is left out of means.
 *
 * <p>Axes: T thresholds of IoU, R levels of recall, K categories by ascending id, A classes of size, M limits on the detections of a picture and
 * category. Arrays are in this order, last axis innermost; they are not to be written into.
 */
public final class CocoSummary {

    /** The limits on detections, the surest of each picture and category. */
    public static final List<Integer> LIMITS = List.of(1, 10, 100);

    static final int THRESHOLDS = 10;
    static final int RECALLS = 101;
    static final int SIZES = CocoSize.values().length;
    static final int MOST = LIMITS.size() - 1;

    private static final int AT_50 = 0;
    private static final int AT_75 = 5;
    private static final int ANY = -1;

    private final CocoTruth truth;
    private final int[] objects;
    private final int strayDetections;
    private final double[] precision;
    private final double[] scores;
    private final double[] recall;

    CocoSummary(CocoTruth truth, int strayDetections) {
        int categories = truth.categories().size();
        this.truth = truth;
        this.objects = new int[categories];
        this.strayDetections = strayDetections;
        this.precision = new double[THRESHOLDS * RECALLS * categories * SIZES * LIMITS.size()];
        this.scores = new double[precision.length];
        this.recall = new double[THRESHOLDS * categories * SIZES * LIMITS.size()];
        Arrays.fill(precision, -1);
        Arrays.fill(scores, -1);
        Arrays.fill(recall, -1);
    }

    /** How many thresholds of IoU there are. */
    public static int thresholds() {
        return THRESHOLDS;
    }

    /** Threshold {@code t} of IoU: 0.5, 0.55, ..., 0.95. */
    public static double threshold(int t) {
        return t == THRESHOLDS - 1 ? 0.95 : t * ((0.95 - 0.5) / (THRESHOLDS - 1)) + 0.5;
    }

    /** Level {@code r} of recall: 0, 0.01, ..., 1. */
    public static double level(int r) {
        return r == RECALLS - 1 ? 1 : r * (1.0 / (RECALLS - 1));
    }

    int index(int t, int r, int k, int a, int m) {
        return (((t * RECALLS + r) * truth.categories().size() + k) * SIZES + a) * LIMITS.size() + m;
    }

    int index(int t, int k, int a, int m) {
        return ((t * truth.categories().size() + k) * SIZES + a) * LIMITS.size() + m;
    }

    void objects(int k, int count) {
        objects[k] = count;
    }

    /** The best precision at a recall of at least each level, (T, R, K, A, M). */
    public double[] precision() {
        return precision;
    }

    /** The score of the detection that reaches each level of recall, (T, R, K, A, M). */
    public double[] scores() {
        return scores;
    }

    /** The recall of all detections, (T, K, A, M). */
    public double[] recall() {
        return recall;
    }

    /** How many detections are of a category that the truth does not have; they do not count. */
    public int strayDetections() {
        return strayDetections;
    }

    /** Mean precision of category {@code k} at threshold {@code t} for a class of size, at most 100 detections a picture. */
    public double averagePrecision(int t, int k, CocoSize size) {
        return meanPrecision(t, k, size);
    }

    private double meanPrecision(int onlyT, int onlyK, CocoSize size) {
        double sum = 0;
        int count = 0;
        for (int t = first(onlyT); t < end(onlyT, THRESHOLDS); t++) {
            for (int r = 0; r < RECALLS; r++) {
                for (int k = first(onlyK); k < end(onlyK, objects.length); k++) {
                    double value = precision[index(t, r, k, size.index(), MOST)];
                    sum += value > -1 ? value : 0;
                    count += value > -1 ? 1 : 0;
                }
            }
        }
        return count == 0 ? -1 : sum / count;
    }

    private double meanRecall(int onlyK, CocoSize size, int m) {
        double sum = 0;
        int count = 0;
        for (int t = 0; t < THRESHOLDS; t++) {
            for (int k = first(onlyK); k < end(onlyK, objects.length); k++) {
                double value = recall[index(t, k, size.index(), m)];
                sum += value > -1 ? value : 0;
                count += value > -1 ? 1 : 0;
            }
        }
        return count == 0 ? -1 : sum / count;
    }

    private static int first(int only) {
        return Math.max(0, only);
    }

    private static int end(int only, int all) {
        return only == ANY ? all : only + 1;
    }

    /** The twelve numbers of all categories by name, in pycocotools' order. */
    public Map<String, Double> stats() {
        return stats(ANY);
    }

    private Map<String, Double> stats(int k) {
        Map<String, Double> stats = new LinkedHashMap<>();
        stats.put("AP", meanPrecision(ANY, k, CocoSize.ALL));
        stats.put("AP50", meanPrecision(AT_50, k, CocoSize.ALL));
        stats.put("AP75", meanPrecision(AT_75, k, CocoSize.ALL));
        stats.put("AP_small", meanPrecision(ANY, k, CocoSize.SMALL));
        stats.put("AP_medium", meanPrecision(ANY, k, CocoSize.MEDIUM));
        stats.put("AP_large", meanPrecision(ANY, k, CocoSize.LARGE));
        for (int m = 0; m < LIMITS.size(); m++) {
            stats.put("AR_" + LIMITS.get(m), meanRecall(k, CocoSize.ALL, m));
        }
        stats.put("AR_small", meanRecall(k, CocoSize.SMALL, MOST));
        stats.put("AR_medium", meanRecall(k, CocoSize.MEDIUM, MOST));
        stats.put("AR_large", meanRecall(k, CocoSize.LARGE, MOST));
        return Collections.unmodifiableMap(stats);
    }

    /**
     * The account of one category.
     *
     * @param objects how many are to be found, crowds not counted
     * @param stats the twelve numbers by name
     */
    public record OfCategory(CocoTruth.Category category, int objects, Map<String, Double> stats) {}

    /** The categories by ascending id. */
    public List<OfCategory> perCategory() {
        List<OfCategory> rows = new ArrayList<>();
        for (int k = 0; k < objects.length; k++) {
            rows.add(new OfCategory(truth.categories().get(k), objects[k], stats(k)));
        }
        return List.copyOf(rows);
    }

    /**
     * Precision over recall, 101 points.
     *
     * @param precision best precision at a recall of at least 0, 0.01, ..., 1
     * @param scores of the detections that reach them; 0 where none does
     */
    public record Curve(List<Double> precision, List<Double> scores) {
        public Curve {
            precision = List.copyOf(precision);
            scores = List.copyOf(scores);
        }
    }

    /** The curve of category {@code k} at threshold {@code t}, all sizes, at most 100 detections a picture; −1 if there is nothing to find. */
    public Curve curve(int t, int k) {
        List<Double> best = new ArrayList<>();
        List<Double> reached = new ArrayList<>();
        for (int r = 0; r < RECALLS; r++) {
            int at = index(t, r, k, CocoSize.ALL.index(), MOST);
            best.add(precision[at]);
            reached.add(scores[at]);
        }
        return new Curve(best, reached);
    }
}
