package io.vertebra.datasets.formats.voc;

import io.vertebra.datasets.Instance;
import io.vertebra.datasets.Silhouette;
import io.vertebra.images.Box;
import io.vertebra.images.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one XML file says.
 *
 * @param filename of the picture, as written; empty if it says none
 * @param size of the picture, if it is said
 * @param objects in the order of the file
 */
public record VocFile(String filename, Optional<Size> size, List<Item> objects) {

    public VocFile {
        objects = List.copyOf(objects);
    }

    /**
     * An object. The corners are as written: they count from 1 and belong to the box.
     *
     * @param number its place in the file, from 1 on
     * @param name of its class
     */
    public record Item(int number, String name, double xmin, double ymin, double xmax, double ymax, boolean difficult) {

        /** 0-based and half-open, as all boxes here; it may leave the picture. */
        public Box box() {
            return new Box((float) (xmin - 1), (float) (ymin - 1), (float) xmax, (float) ymax);
        }
    }

    /** The objects under the places of their classes in the list, cut to the picture. */
    List<Instance> instances(List<String> classNames, Size picture) {
        List<Instance> instances = new ArrayList<>(objects.size());
        for (Item item : objects) {
            Box box = item.box().window(0, 0, picture.height(), picture.width());
            if (box.area() > 0) {
                instances.add(new Instance(
                        item.number(),
                        classNames.indexOf(item.name()),
                        box,
                        Silhouette.NONE,
                        false,
                        item.difficult(),
                        box.area()));
            }
        }
        return instances;
    }
}
