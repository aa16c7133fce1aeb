package io.vertebra.tasks.joint;

import io.vertebra.datasets.Sample;
import io.vertebra.datasets.Target;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.datasets.Targets;
import io.vertebra.images.Size;
import java.util.List;

/** The targets of several heads beside each other; their names have keys already. */
record JointTargets(List<TargetEncoder> encoders) implements TargetEncoder {

    @Override
    public List<Target> targets(Size picture) {
        return encoders.stream().flatMap(e -> e.targets(picture).stream()).toList();
    }

    @Override
    public void encode(Sample sample, Size picture, Targets row) {
        encoders.forEach(e -> e.encode(sample, picture, row));
    }
}
