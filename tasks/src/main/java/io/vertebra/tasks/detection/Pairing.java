package io.vertebra.tasks.detection;

import io.vertebra.datasets.Instance;
import java.util.ArrayList;
import java.util.List;

/**
 * Which of the found objects are there: by falling score, each takes the free object that it overlaps most, from IoU 0.5 on.
 * Crowds and difficult objects need not be found, and whoever finds them is not told of. For pictures and the confusion matrix;
 * figures are made by the metrics.
 *
 * @param hits pairs of found and true objects, of the same class or not
 * @param extra found, but not there
 * @param missed there, but not found
 */
record Pairing(List<Hit> hits, List<Found> extra, List<Instance> missed) {
    private static final double OVERLAP = 0.5;

    /** A found object and the one that it lies on. */
    record Hit(Found found, Instance truth, boolean sameClass) {}

    /**
     * Pairs them.
     *
     * @param found best first
     * @param ownLabels the class of found objects for each class of the truth
     */
    static Pairing of(List<Found> found, List<Instance> truths, List<Integer> ownLabels) {
        List<Instance> free = new ArrayList<>(
                truths.stream().filter(t -> !t.crowd() && !t.difficult()).toList());
        List<Hit> hits = new ArrayList<>();
        List<Found> extra = new ArrayList<>();
        for (Found f : found) {
            Instance best = null;
            for (Instance truth : free) {
                boolean isEnough = f.overlap(truth.box()) >= OVERLAP;
                if (isEnough && (best == null || f.overlap(truth.box()) > f.overlap(best.box()))) {
                    best = truth;
                }
            }
            if (best != null) {
                hits.add(new Hit(f, best, ownLabels.get(best.label()) == f.label()));
                free.remove(best);
            } else if (truths.stream().noneMatch(t -> isExcused(f, t, ownLabels))) {
                extra.add(f);
            }
        }
        return new Pairing(hits, extra, free);
    }

    /** On an object of its class that need not be found; of a crowd it may be a part. */
    private static boolean isExcused(Found f, Instance truth, List<Integer> ownLabels) {
        boolean isOnDifficult = truth.difficult() && f.overlap(truth.box()) >= OVERLAP;
        boolean isInCrowd = truth.crowd() && f.share(truth.box()) >= OVERLAP;
        return ownLabels.get(truth.label()) == f.label() && (isOnDifficult || isInCrowd);
    }

    /** How many answers are wrong. */
    int faults() {
        return (int) hits.stream().filter(h -> !h.sameClass()).count() + extra.size() + missed.size();
    }
}
