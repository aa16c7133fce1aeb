package io.vertebra.tasks.detection;

import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.Palette;
import io.vertebra.heads.Head;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.Setting;
import io.vertebra.tasks.Task;
import io.vertebra.tasks.config.LossTerm;
import java.util.List;

/** Boxes around objects, found by dense or two-stage detectors; AP as COCO or VOC count it. */
public final class DetectionTask implements Task {
    /** The name in configs, and of the heads that serve it. */
    public static final String NAME = "detection";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> classNames(Dataset data) {
        return data.classNames();
    }

    /** The standard one: that of a data set is made for pixels, and begins with the background's black. */
    @Override
    public Palette palette(Dataset data) {
        return Palette.STANDARD;
    }

    /** The background comes first. */
    @Override
    public int outputs(int classes) {
        return classes + 1;
    }

    @Override
    public List<Class<? extends LossTerm>> lossTerms(Head<?> head) {
        return Learning.terms(head);
    }

    @Override
    public Problem open(Setting setting) {
        return new DetectionProblem(setting);
    }
}
