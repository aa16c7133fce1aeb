package io.vertebra.app.recipe;

import io.vertebra.app.config.Binding;
import io.vertebra.tasks.config.LossTerm;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Looks for parts of a loss that no head of a model takes; they would be passed over without a word. */
final class LossCheck {
    private static final Map<String, Set<String>> TERMS = Map.of(
            "classification", Set.of("cross_entropy"),
            "segmentation", Set.of("cross_entropy", "ohem", "dice"),
            "detection", Set.of("hard_negatives", "focal", "smooth_l1"));

    private LossCheck() {}

    /** Adds a fault for each; a model with a task that is not ours may take any. */
    static void check(ModelSection model, List<LossTerm> terms, Binding<?> binding) {
        Set<String> tasks =
                model.byKey().values().stream().map(head -> head.task()).collect(Collectors.toCollection(TreeSet::new));
        if (!TERMS.keySet().containsAll(tasks)) {
            return;
        }
        Set<String> taken =
                tasks.stream().flatMap(task -> TERMS.get(task).stream()).collect(Collectors.toCollection(TreeSet::new));
        for (int i = 0; i < terms.size(); i++) {
            String name = terms.get(i).name();
            if (!taken.contains(name)) {
                binding.fault(
                        "train.loss.terms[" + i + "].name",
                        name + " is not for " + String.join(", ", tasks) + " (known: " + String.join(", ", taken)
                                + ")");
            }
        }
    }
}
