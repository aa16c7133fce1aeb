package io.vertebra.tasks;

import io.vertebra.heads.Assembly;
import io.vertebra.heads.Model;
import io.vertebra.tasks.config.EvaluateConfig;
import io.vertebra.tasks.config.LossConfig;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * All that a task is opened with.
 *
 * @param model whose head it is about
 * @param key of the head; empty where there is only one
 * @param labels the classes of every head, by key
 * @param loss what is minimised
 * @param evaluate how it is measured
 * @param softLabels whether targets are probabilities, as Mixup and CutMix make them
 */
public record Setting(
        Model model,
        String key,
        Map<String, Labels> labels,
        LossConfig loss,
        EvaluateConfig evaluate,
        boolean softLabels) {

    /** Copies the map. */
    public Setting {
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    }

    /** The same for another head. */
    public Setting of(String otherKey) {
        return new Setting(model, otherKey, labels, loss, evaluate, softLabels);
    }

    /** The classes of the head. */
    public Labels own() {
        return labels.get(key);
    }

    /** The full name of an input or output of the head. */
    public String in(String name) {
        return Assembly.name(key, name);
    }
}
