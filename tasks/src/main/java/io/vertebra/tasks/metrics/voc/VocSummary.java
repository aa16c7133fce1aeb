package io.vertebra.tasks.metrics.voc;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an evaluation found.
 *
 * @param classes in the order of their names
 */
public record VocSummary(Map<String, OfClass> classes) {

    public VocSummary {
        classes = Collections.unmodifiableMap(new LinkedHashMap<>(classes));
    }

    /**
     * The account of one class. The lists are the curve, a point a detection from the surest on.
     *
     * @param positives objects that are not difficult
     * @param detections how many there are
     * @param truePositives those that found an object first
     * @param falsePositives those that did not; hits on difficult objects are in neither
     * @param averagePrecision NaN if there is nothing to find
     * @param precision NaN until a detection counts
     */
    public record OfClass(
            int positives,
            int detections,
            int truePositives,
            int falsePositives,
            double averagePrecision,
            List<Double> recall,
            List<Double> precision) {
        public OfClass {
            recall = List.copyOf(recall);
            precision = List.copyOf(precision);
        }
    }

    /** The mean of the classes that have something to find; NaN if none has. */
    public double meanAveragePrecision() {
        return classes.values().stream()
                .filter(c -> c.positives() > 0)
                .mapToDouble(OfClass::averagePrecision)
                .average()
                .orElse(Double.NaN);
    }
}
