package io.vertebra.tasks.metrics.coco;

import static io.vertebra.tasks.metrics.coco.CocoSummary.LIMITS;
import static io.vertebra.tasks.metrics.coco.CocoSummary.MOST;
import static io.vertebra.tasks.metrics.coco.CocoSummary.SIZES;
import static io.vertebra.tasks.metrics.coco.CocoSummary.THRESHOLDS;

import java.util.List;

/** Which detections of one category found something: filled picture by picture, for every threshold and class of size. */
final class Matches {

    private final List<CocoTruth.Annotation> annotations;
    private final CocoResults results;
    private final Overlaps overlaps;

    /** The detections that count, picture by picture, by falling score. */
    private final int[] rows;
    /** The place of each among those of its picture. */
    private final int[] ranks;
    /** By detection and class of size one bit a threshold: whether it found an object, whether it does not count. */
    private final short[] found;

    private final short[] ignored;
    /** By class of size, how many objects there are to find. */
    private final int[] objects = new int[SIZES];

    private int count;

    /**
     * No picture yet.
     *
     * @param most detections at most
     */
    Matches(CocoTruth truth, CocoResults results, CocoKind kind, int most) {
        this.annotations = truth.annotations();
        this.results = results;
        this.overlaps = new Overlaps(truth, results, kind);
        this.rows = new int[most];
        this.ranks = new int[most];
        this.found = new short[SIZES * most];
        this.ignored = new short[SIZES * most];
    }

    int count() {
        return count;
    }

    int row(int detection) {
        return rows[detection];
    }

    int rank(int detection) {
        return ranks[detection];
    }

    /** One bit a threshold: whether a detection found an object. */
    int found(int detection, int size) {
        return found[SIZES * detection + size];
    }

    /** One bit a threshold: whether a detection does not count. */
    int ignored(int detection, int size) {
        return ignored[SIZES * detection + size];
    }

    /** How many objects of a class of size there are to find. */
    int objects(int size) {
        return objects[size];
    }

    /** Matches the detections of picture {@code i} with its objects. */
    void add(Buckets detections, Buckets truths, int i) {
        int from = truths.start(i);
        int there = truths.end(i) - from;
        int first = detections.start(i);
        int here = Math.min(detections.end(i) - first, LIMITS.get(MOST));
        for (int d = 0; d < here; d++) {
            rows[count + d] = detections.rows()[first + d];
            ranks[count + d] = d;
        }
        if (there == 0) {
            for (CocoSize size : CocoSize.values()) {
                for (int d = 0; d < here; d++) {
                    mark(size, d, 0, 0);
                }
            }
        } else {
            int[] objectRows = new int[there];
            System.arraycopy(truths.rows(), from, objectRows, 0, there);
            overlaps.fill(rows, count, here, objectRows);
            for (CocoSize size : CocoSize.values()) {
                match(size, here, objectRows);
            }
        }
        count += here;
    }

    private void match(CocoSize size, int here, int[] objectRows) {
        int there = objectRows.length;
        int[] order = new int[there]; // those that count come first
        int counting = 0;
        for (int g = 0; g < there; g++) {
            if (counts(size, objectRows[g])) {
                order[counting++] = g;
            }
        }
        int next = counting;
        for (int g = 0; g < there; g++) {
            if (!counts(size, objectRows[g])) {
                order[next++] = g;
            }
        }
        objects[size.index()] += counting;
        boolean[] taken = new boolean[THRESHOLDS * there];
        for (int d = 0; d < here; d++) {
            int hits = 0;
            int ignores = 0;
            for (int t = 0; t < THRESHOLDS && overlaps.best(d) >= CocoSummary.threshold(t); t++) {
                int best = best(d, t, order, counting, objectRows, taken);
                if (best >= 0) {
                    taken[t * there + order[best]] = true;
                    hits |= annotations.get(objectRows[order[best]]).id() == 0 ? 0 : 1 << t; // 0: see CocoEvaluation
                    ignores |= best < counting ? 0 : 1 << t;
                }
            }
            mark(size, d, hits, ignores);
        }
    }

    private boolean counts(CocoSize size, int objectRow) {
        CocoTruth.Annotation object = annotations.get(objectRow);
        return !object.crowd() && size.holds(object.area());
    }

    /** The place in {@code order} of the object that a detection takes, the last of equals; −1 if none fits. */
    private int best(int d, int t, int[] order, int counting, int[] objectRows, boolean[] taken) {
        int there = order.length;
        double most = CocoSummary.threshold(t);
        int best = -1;
        for (int j = 0; j < there && !(best >= 0 && best < counting && j >= counting); j++) {
            int g = order[j];
            boolean free =
                    !taken[t * there + g] || annotations.get(objectRows[g]).crowd();
            if (free && overlaps.of(d, g) >= most) {
                most = overlaps.of(d, g);
                best = j;
            }
        }
        return best;
    }

    /** Keeps what a detection did; one that found nothing does not count if it is of another size. */
    private void mark(CocoSize size, int d, int hits, int ignores) {
        int at = SIZES * (count + d) + size.index();
        boolean isOther = !size.holds(results.area(rows[count + d]));
        found[at] = (short) hits;
        ignored[at] = (short) (isOther ? ignores | ~hits : ignores);
    }
}
