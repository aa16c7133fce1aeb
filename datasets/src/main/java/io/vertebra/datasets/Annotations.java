package io.vertebra.datasets;

import io.vertebra.images.Box;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * What is known about the objects and pixels of a picture, beside its class.
 *
 * @param objects in the order of the data
 * @param labelMap one class a pixel, {@link LabelMap#IGNORE} where no answer is wanted
 */
public record Annotations(List<Instance> objects, Optional<LabelMap> labelMap) {

    /** Nothing is known. */
    public static final Annotations NONE = new Annotations(List.of(), Optional.empty());

    public Annotations {
        objects = List.copyOf(objects);
        Objects.requireNonNull(labelMap, "labelMap");
    }

    /** Objects alone. */
    public static Annotations of(List<Instance> objects) {
        return new Annotations(objects, Optional.empty());
    }

    /** A label map alone. */
    public static Annotations of(LabelMap map) {
        return new Annotations(List.of(), Optional.of(map));
    }

    /** The annotations with those objects only that pass. */
    public Annotations where(Predicate<Instance> wanted) {
        return new Annotations(objects.stream().filter(wanted).toList(), labelMap);
    }

    /** The annotations of the picture mirrored left to right. */
    public Annotations flipped(int width) {
        return moved(LabelMap::flipped, LabelMap::flipped, box -> box.flipped(width));
    }

    /** The annotations of the picture at another size. */
    public Annotations resized(Size from, Size to) {
        float vertical = (float) to.height() / from.height();
        float horizontal = (float) to.width() / from.width();
        UnaryOperator<LabelMap> resize = map -> map.resized(to.height(), to.width());
        return moved(resize, resize, box -> box.scaled(vertical, horizontal));
    }

    /**
     * The annotations of a window of the picture: boxes are cut to it, and objects of whose box nothing is left are gone, crowds as others;
     * map values outside the picture are {@link LabelMap#IGNORE}.
     */
    public Annotations window(int top, int left, int height, int width) {
        return moved(
                map -> map.window(top, left, height, width, LabelMap.IGNORE),
                mask -> mask.window(top, left, height, width, 0),
                box -> box.window(top, left, height, width));
    }

    private Annotations moved(
            UnaryOperator<LabelMap> moveMap, UnaryOperator<LabelMap> moveMask, UnaryOperator<Box> moveBox) {
        List<Instance> kept = new ArrayList<>(objects.size());
        for (Instance object : objects) {
            Box box = moveBox.apply(object.box());
            if (box.area() > 0) {
                kept.add(object.at(box, object.silhouette().moved(moveMask)));
            }
        }
        return new Annotations(kept, labelMap.map(moveMap));
    }
}
