package io.vertebra.tasks.metrics.miou;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Figures of label maps, as shares; NaN is 0/0.
 *
 * @param allAccuracy found pixels over pixels of all classes, {@code aAcc}
 * @param perClass by name ({@code IoU Acc Dice Fscore Precision Recall}) one value a class
 */
public record IouResult(double allAccuracy, Map<String, List<Double>> perClass) {

    public IouResult {
        Map<String, List<Double>> copy = new LinkedHashMap<>();
        perClass.forEach((name, values) -> copy.put(name, List.copyOf(values)));
        perClass = Collections.unmodifiableMap(copy);
    }

    static IouResult of(IouMeter meter, double beta, OptionalDouble nanToNum) {
        Map<String, List<Double>> perClass = new LinkedHashMap<>();
        for (String name : List.of("IoU", "Acc", "Dice", "Fscore", "Precision", "Recall")) {
            perClass.put(name, Arrays.asList(new Double[meter.classes()]));
        }
        long found = 0;
        long labelled = 0;
        for (int k = 0; k < meter.classes(); k++) {
            double both = meter.intersection(k);
            double truth = meter.labelled(k);
            double predicted = meter.predicted(k);
            double precision = both / predicted;
            double recall = both / truth;
            double weight = beta * beta;
            set(perClass, k, "IoU", both / meter.union(k), nanToNum);
            set(perClass, k, "Acc", recall, nanToNum);
            set(perClass, k, "Dice", 2 * both / (predicted + truth), nanToNum);
            double score = (1 + weight) * (precision * recall) / (weight * precision + recall);
            set(perClass, k, "Fscore", score, nanToNum);
            set(perClass, k, "Precision", precision, nanToNum);
            set(perClass, k, "Recall", recall, nanToNum);
            found += meter.intersection(k);
            labelled += meter.labelled(k);
        }
        return new IouResult(found / (double) labelled, perClass);
    }

    private static void set(
            Map<String, List<Double>> perClass, int label, String name, double value, OptionalDouble nanToNum) {
        perClass.get(name).set(label, Double.isNaN(value) ? nanToNum.orElse(value) : value);
    }

    /** The mean of the values of the classes that are not NaN; NaN if all are. */
    public double mean(String name) {
        return perClass.get(name).stream()
                .filter(v -> !v.isNaN())
                .mapToDouble(v -> v)
                .average()
                .orElse(Double.NaN);
    }

    /** {@code aAcc mIoU mAcc mDice mFscore mPrecision mRecall}, in this order. */
    public Map<String, Double> summary() {
        Map<String, Double> summary = new LinkedHashMap<>();
        summary.put("aAcc", allAccuracy);
        perClass.keySet().forEach(name -> summary.put("m" + name, mean(name)));
        return summary;
    }
}
