package io.vertebra.datasets;

import io.vertebra.images.Box;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Mask;
import io.vertebra.images.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What is known about the objects and pixels of a picture, beside its class.
 *
 * @param classes the class of each object
 * @param boxes the box of each object, in pixels
 * @param masks the visible pixels of each object
 * @param map one value a pixel, 0 for background and class + 1 for objects; empty list or one map
 */
public record Annotations(List<Integer> classes, List<Box> boxes, List<Mask> masks, List<LabelMap> map) {

    /** Nothing is known. */
    public static final Annotations NONE = new Annotations(List.of(), List.of(), List.of(), List.of());

    public Annotations {
        classes = List.copyOf(classes);
        boxes = List.copyOf(boxes);
        masks = List.copyOf(masks);
        map = List.copyOf(map);
        if (boxes.size() != classes.size() || masks.size() != classes.size() || map.size() > 1) {
            throw new IllegalArgumentException("annotations: %d classes, %d boxes, %d masks, %d label maps"
                    .formatted(classes.size(), boxes.size(), masks.size(), map.size()));
        }
    }

    /** The label map, if there is one. */
    public Optional<LabelMap> labelMap() {
        return map.stream().findFirst();
    }

    /** The annotations of the picture mirrored left to right. */
    public Annotations flipped(int width) {
        return moved(LabelMap::flipped, box -> box.flipped(width));
    }

    /** The annotations of the picture at another size. */
    public Annotations resized(Size from, Size to) {
        float vertical = (float) to.height() / from.height();
        float horizontal = (float) to.width() / from.width();
        return moved(m -> m.resized(to.height(), to.width()), box -> box.scaled(vertical, horizontal));
    }

    /** The annotations of a window of the picture; objects without a pixel in it are gone. */
    public Annotations window(int top, int left, int height, int width) {
        return moved(m -> m.window(top, left, height, width, 0), box -> box.window(top, left, height, width));
    }

    private Annotations moved(UnaryOperator<LabelMap> moveMap, UnaryOperator<Box> moveBox) {
        List<Integer> keptClasses = new ArrayList<>();
        List<Box> keptBoxes = new ArrayList<>();
        List<Mask> keptMasks = new ArrayList<>();
        for (int i = 0; i < classes.size(); i++) {
            Box box = moveBox.apply(boxes.get(i));
            Mask mask = Mask.where(moveMap.apply(masks.get(i).toMap()), 1);
            if (box.area() > 0 && mask.area() > 0) {
                keptClasses.add(classes.get(i));
                keptBoxes.add(box);
                keptMasks.add(mask);
            }
        }
        return new Annotations(
                keptClasses, keptBoxes, keptMasks, map.stream().map(moveMap).toList());
    }
}
