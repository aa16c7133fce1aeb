package io.vertebra.app.recipe;

import io.vertebra.datasets.Dataset;
import io.vertebra.heads.Head;
import io.vertebra.heads.Model;
import io.vertebra.tasks.Labels;
import io.vertebra.tasks.Task;
import jakarta.inject.Inject;
import java.util.LinkedHashMap;
import java.util.Map;

/** The classes of every head of a model section, by key. */
public final class HeadLabels {
    private final Map<String, Task> tasks;

    /** Asks these tasks, by name. */
    @Inject
    public HeadLabels(Map<String, Task> tasks) {
        this.tasks = tasks;
    }

    /** As the data has them. */
    public Map<String, Labels> of(ModelSection model, Dataset data) {
        Map<String, Labels> labels = new LinkedHashMap<>();
        model.byKey()
                .forEach((key, head) -> labels.put(
                        key, new Labels(task(head).classNames(data), task(head).palette(data))));
        return labels;
    }

    /** Numbers in place of names, for a model without data. */
    public Map<String, Labels> numbered(Model model) {
        Map<String, Labels> labels = new LinkedHashMap<>();
        model.heads().forEach((key, part) -> {
            int background = tasks.get(part.task()).outputs(0);
            labels.put(key, Labels.of(PublishedNames.of(part.task(), part.classes() - background)));
        });
        return labels;
    }

    /** The numbers of outputs, by key, of those heads whose classes are known. */
    public Map<String, Integer> outputs(ModelSection model, Map<String, Labels> labels) {
        Map<String, Integer> outputs = new LinkedHashMap<>();
        model.byKey().forEach((key, head) -> {
            if (labels.containsKey(key)) {
                outputs.put(key, task(head).outputs(labels.get(key).count()));
            }
        });
        return outputs;
    }

    private Task task(Head<?> head) {
        return tasks.get(head.task());
    }
}
