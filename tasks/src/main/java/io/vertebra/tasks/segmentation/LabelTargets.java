package io.vertebra.tasks.segmentation;

import io.vertebra.datasets.Sample;
import io.vertebra.datasets.Target;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.datasets.Targets;
import io.vertebra.graph.op.GraphException;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Size;
import java.util.Arrays;
import java.util.List;

/**
 * The class of every pixel, {@code labels} I32 (H, W); padding is ignored.
 *
 * @param name of the graph's input
 */
record LabelTargets(String name) implements TargetEncoder {

    @Override
    public List<Target> targets(Size picture) {
        return List.of(Target.ints(name, picture.height(), picture.width()));
    }

    @Override
    public void encode(Sample sample, Size picture, Targets row) {
        LabelMap map = sample.annotations()
                .labelMap()
                .orElseThrow(() -> new GraphException(sample.id(), "has no label map; the format must give one"));
        int[] labels = row.ints(name);
        int offset = row.offset(name);
        Arrays.fill(labels, offset, offset + picture.height() * picture.width(), LabelMap.IGNORE);
        for (int y = 0; y < map.height(); y++) {
            for (int x = 0; x < map.width(); x++) {
                labels[offset + y * picture.width() + x] = map.at(y, x);
            }
        }
    }
}
