package io.vertebra.tasks.segmentation;

import io.vertebra.datasets.Dataset;
import io.vertebra.heads.Head;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.Setting;
import io.vertebra.tasks.Task;
import io.vertebra.tasks.config.LossTerm;
import java.util.List;

/** A class for each pixel: cross entropy, OHEM or dice; mIoU as mmsegmentation. */
public final class SegmentationTask implements Task {
    /** The name in configs, and of the heads that serve it. */
    public static final String NAME = "segmentation";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> classNames(Dataset data) {
        return data.pixelClassNames();
    }

    @Override
    public List<Class<? extends LossTerm>> lossTerms(Head<?> head) {
        return SegmentationLoss.KINDS;
    }

    @Override
    public Problem open(Setting setting) {
        return new SegmentationProblem(setting);
    }
}
