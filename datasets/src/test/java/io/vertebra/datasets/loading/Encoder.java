package io.vertebra.datasets.loading;

import io.vertebra.datasets.Instance;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.Target;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.datasets.Targets;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Size;
import java.util.List;

/** The label map, ignored where the batch is larger, and the number and the first box of the objects. */
final class Encoder implements TargetEncoder {
    @Override
    public List<Target> targets(Size picture) {
        return List.of(
                Target.ints("labels", picture.height(), picture.width()),
                Target.floats("box", 4),
                Target.ints("objects"));
    }

    @Override
    public void encode(Sample sample, Size picture, Targets row) {
        LabelMap map = sample.annotations().labelMap().orElseThrow();
        int at = row.offset("labels");
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++) {
                boolean inside = y < map.height() && x < map.width();
                row.ints("labels")[at++] = inside ? map.at(y, x) : LabelMap.IGNORE;
            }
        }
        List<Instance> objects = sample.annotations().objects();
        row.ints("objects")[row.offset("objects")] = objects.size();
        if (!objects.isEmpty()) { // without one the row stays as it begins: zeros
            row.floats("box")[row.offset("box") + 2] = objects.get(0).box().x2();
        }
    }
}
