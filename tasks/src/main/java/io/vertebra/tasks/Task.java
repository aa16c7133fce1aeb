package io.vertebra.tasks;

import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.Palette;
import io.vertebra.heads.Head;
import io.vertebra.tasks.config.LossTerm;
import java.util.List;

/** A kind of problem, and how it is opened on the head of a model. Without state; safe for several threads. */
public interface Task {

    /** The name in configs: {@code classification}. */
    String name();

    /** The classes of a data set that its heads tell apart, in the order of the targets. */
    List<String> classNames(Dataset data);

    /** The kinds of terms that the loss of a head may have. */
    List<Class<? extends LossTerm>> lossTerms(Head<?> head);

    /** The colours of these classes in pictures for people. */
    default Palette palette(Dataset data) {
        return data.palette();
    }

    /** How many outputs a head for so many classes has: one more where the background has an output of its own. */
    default int outputs(int classes) {
        return classes;
    }

    /** The task on one head of a model. */
    Problem open(Setting setting);
}
