package io.vertebra.tasks.classification;

import io.vertebra.datasets.Dataset;
import io.vertebra.heads.Head;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.Setting;
import io.vertebra.tasks.Task;
import io.vertebra.tasks.config.LossTerm;
import java.util.List;

/** One class for each picture: softmax cross entropy, top-1 and top-5. */
public final class ClassificationTask implements Task {
    /** The name in configs, and of the heads that serve it. */
    public static final String NAME = "classification";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> classNames(Dataset data) {
        return data.classNames();
    }

    /** None: its loss is cross entropy, and has the weight of its head. */
    @Override
    public List<Class<? extends LossTerm>> lossTerms(Head<?> head) {
        return List.of();
    }

    @Override
    public Problem open(Setting setting) {
        return new ClassificationProblem(
                setting.key(), setting.own().names(), setting.loss().labelSmoothing(), setting.softLabels());
    }
}
