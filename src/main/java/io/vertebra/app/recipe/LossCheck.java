package io.vertebra.app.recipe;

import io.vertebra.app.config.Binding;
import io.vertebra.heads.Head;
import io.vertebra.tasks.Task;
import io.vertebra.tasks.config.LossTerm;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Looks for parts of a loss that no head of a model takes; they would be passed over without a word. */
final class LossCheck {
    private LossCheck() {}

    /**
     * Adds a fault for each.
     *
     * @param tasks by name
     */
    static void check(ModelSection model, List<LossTerm> terms, Map<String, Task> tasks, Binding<?> binding) {
        Collection<Head<?>> heads = model.byKey().values();
        Set<String> names = heads.stream().map(Head::name).collect(Collectors.toCollection(TreeSet::new));
        Set<Class<? extends LossTerm>> taken = heads.stream()
                .flatMap(head -> tasks.get(head.task()).lossTerms(head).stream())
                .collect(Collectors.toSet());
        for (int i = 0; i < terms.size(); i++) {
            if (!taken.contains(terms.get(i).getClass())) {
                binding.fault(
                        "train.loss.terms[" + i + "].name",
                        terms.get(i).name() + " is not for " + String.join(", ", names) + " (known: " + known(taken)
                                + ")");
            }
        }
    }

    private static String known(Set<Class<? extends LossTerm>> taken) {
        if (taken.isEmpty()) {
            return "none";
        }
        return LossTerm.NAMES.entrySet().stream()
                .filter(e -> taken.contains(e.getValue()))
                .map(Map.Entry::getKey)
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
