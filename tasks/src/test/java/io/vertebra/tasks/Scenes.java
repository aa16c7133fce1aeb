package io.vertebra.tasks;

import io.vertebra.datasets.AnnotatedDataset;
import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.Instance;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Box;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Raster;
import java.util.List;

/**
 * Annotated pictures in memory.
 *
 * @param classNames of objects
 * @param pixelClassNames of label maps
 */
public record Scenes(List<Sample> samples, List<String> classNames, List<String> pixelClassNames)
        implements AnnotatedDataset {

    /** Black pictures of one size with objects. */
    public static Scenes of(List<String> classNames, int height, int width, List<List<Instance>> objects) {
        return new Scenes(
                java.util.stream.IntStream.range(0, objects.size())
                        .mapToObj(
                                i -> new Sample("scene/" + i, black(height, width), 0, Annotations.of(objects.get(i))))
                        .toList(),
                classNames,
                List.of());
    }

    /** Black pictures with label maps. */
    public static Scenes of(List<String> pixelClassNames, List<LabelMap> maps) {
        return new Scenes(
                java.util.stream.IntStream.range(0, maps.size())
                        .mapToObj(i -> new Sample(
                                "scene/" + i,
                                black(maps.get(i).height(), maps.get(i).width()),
                                0,
                                Annotations.of(maps.get(i))))
                        .toList(),
                List.of(),
                pixelClassNames);
    }

    /** A black picture. */
    public static Raster black(int height, int width) {
        return Raster.of(height, width, 3, new byte[height * width * 3]);
    }

    /** A label map, row by row. */
    public static LabelMap map(int height, int width, int... values) {
        byte[] data = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            data[i] = (byte) values[i];
        }
        return LabelMap.of(height, width, data);
    }

    /** An object by its corners. */
    public static Instance object(int label, float x1, float y1, float x2, float y2) {
        return new Instance(1, label, new Box(x1, y1, x2, y2));
    }

    /** The same, as a crowd. */
    public static Instance crowd(Instance i) {
        return new Instance(i.id(), i.label(), i.box(), i.silhouette(), true, false, i.area());
    }

    /** The same, as one that need not be found. */
    public static Instance difficult(Instance i) {
        return new Instance(i.id(), i.label(), i.box(), i.silhouette(), false, true, i.area());
    }

    @Override
    public int size() {
        return samples.size();
    }

    @Override
    public String id(int index) {
        return samples.get(index).id();
    }

    @Override
    public Sample load(int index) {
        return samples.get(index);
    }
}
