package io.vertebra.tasks.config;

import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The section {@code train.loss}.
 *
 * @param labelSmoothing share of the wanted probability that is spread over all classes, in [0, 1)
 * @param terms parts of the loss; a head whose task has none among them takes its usual ones
 * @param average what cross entropy over pixels is divided by: {@code valid} pixels, or {@code all}, ignored ones too, as mmseg
 * @param classWeights one for each class of a segmentation head; left out: all 1
 * @param weights of the losses of several heads, by their keys; a head that is not named has 1
 */
public record LossConfig(
        Double labelSmoothing,
        List<LossTerm> terms,
        SoftmaxCrossEntropy.Average average,
        List<Double> classWeights,
        Map<String, Double> weights) {

    /** Fills in and checks. */
    public LossConfig {
        labelSmoothing = Default.of(labelSmoothing, 0.0);
        terms = List.copyOf(Default.of(terms, List.of()));
        checkDistinct(terms);
        average = Default.of(average, SoftmaxCrossEntropy.Average.VALID);
        classWeights = List.copyOf(Default.of(classWeights, List.of()));
        weights = Collections.unmodifiableMap(new TreeMap<>(Default.of(weights, Map.of())));
        Check.that(
                labelSmoothing >= 0 && labelSmoothing < 1,
                "label_smoothing",
                "must lie in [0, 1), is %s",
                labelSmoothing);
        for (double weight : classWeights) {
            Check.that(weight >= 0 && Double.isFinite(weight), "class_weights", "must not be negative, has %s", weight);
        }
        weights.forEach((key, weight) -> Check.that(
                weight >= 0 && Double.isFinite(weight), "weights", "%s must not be negative, is %s", key, weight));
    }

    private static void checkDistinct(List<LossTerm> terms) {
        Set<String> names = new HashSet<>();
        for (LossTerm term : terms) {
            Check.that(names.add(term.name()), "terms", "have %s twice; give it a weight instead", term.name());
        }
    }

    /** Everything by default. */
    public static LossConfig defaults() {
        return smoothed(0);
    }

    /** Cross entropy with label smoothing. */
    public static LossConfig smoothed(double labelSmoothing) {
        return new LossConfig(labelSmoothing, null, null, null, null);
    }

    /** The terms of some kinds, or these if there are none. */
    public List<LossTerm> terms(List<Class<? extends LossTerm>> kinds, List<LossTerm> usual) {
        List<LossTerm> own =
                terms.stream().filter(t -> kinds.contains(t.getClass())).toList();
        return own.isEmpty() ? usual : own;
    }

    /** The term of a kind, or this if there is none. */
    public <T extends LossTerm> T term(Class<T> kind, T usual) {
        return terms.stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .findFirst()
                .orElse(usual);
    }

    /** The weight of a head's loss in the sum. */
    public double weight(String key) {
        return weights.getOrDefault(key, 1.0);
    }
}
