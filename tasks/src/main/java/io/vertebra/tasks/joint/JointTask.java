package io.vertebra.tasks.joint;

import io.vertebra.datasets.Dataset;
import io.vertebra.graph.op.Check;
import io.vertebra.heads.Head;
import io.vertebra.heads.HeadPart;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.Setting;
import io.vertebra.tasks.Task;
import io.vertebra.tasks.config.LossTerm;
import jakarta.inject.Inject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tasks of all heads of a model at once; each name gets the key of its head before it. */
public final class JointTask implements Task {
    /** The name in configs. */
    public static final String NAME = "joint";

    private final Map<String, Task> tasks;

    /** @param tasks those of single heads, by name */
    @Inject
    public JointTask(@SingleTasks Map<String, Task> tasks) {
        this.tasks = Map.copyOf(tasks);
    }

    @Override
    public String name() {
        return NAME;
    }

    /** The classes of the pictures; each head asks its own task for its own. */
    @Override
    public List<String> classNames(Dataset data) {
        return data.classNames();
    }

    /** Those of the head's own task. */
    @Override
    public List<Class<? extends LossTerm>> lossTerms(Head<?> head) {
        return tasks.get(head.task()).lossTerms(head);
    }

    @Override
    public Problem open(Setting setting) {
        Map<String, Problem> problems = new LinkedHashMap<>();
        Map<String, Double> weights = new LinkedHashMap<>();
        setting.loss()
                .weights()
                .keySet()
                .forEach(key -> Check.that(
                        setting.model().heads().containsKey(key),
                        "weights",
                        "has %s, the heads are %s",
                        key,
                        String.join(", ", setting.model().heads().keySet())));
        for (Map.Entry<String, HeadPart> head : setting.model().heads().entrySet()) {
            Task task = tasks.get(head.getValue().task());
            problems.put(head.getKey(), task.open(setting.of(head.getKey())));
            weights.put(head.getKey(), setting.loss().weight(head.getKey()));
        }
        return new JointProblem(problems, weights);
    }
}
