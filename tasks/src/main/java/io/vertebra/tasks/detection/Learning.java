package io.vertebra.tasks.detection;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.heads.Assembly;
import io.vertebra.heads.DenseDetector;
import io.vertebra.heads.DenseHead;
import io.vertebra.heads.Detector;
import io.vertebra.heads.Head;
import io.vertebra.heads.TwoStageDetector;
import io.vertebra.tasks.Setting;
import io.vertebra.tasks.config.LossTerm;
import java.util.List;
import java.util.Map;

/** How a kind of detector learns: from which targets, by which losses. Names are full, with the key of the head. */
interface Learning {

    /** That of a head's detector. */
    static Learning of(Setting setting, Detector detector) {
        return detector instanceof DenseDetector dense
                ? new DenseLearning(setting, dense)
                : new TwoStageLearning(setting, (TwoStageDetector) detector);
    }

    /** The kinds of terms that the loss of a head may have. */
    static List<Class<? extends LossTerm>> terms(Head<?> head) {
        return head.family() instanceof DenseHead ? DenseLearning.TERMS : TwoStageLearning.TERMS;
    }

    /** The inputs of the graph for inference beside the pictures. */
    Map<String, Tensor> inputs(Batch batch);

    /** What the loader makes of the annotations of each sample. */
    TargetEncoder targets();

    /** Adds the losses to a graph, names them as outputs, and gives their sum. */
    Node loss(Assembly assembly);
}
