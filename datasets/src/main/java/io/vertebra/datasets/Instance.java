package io.vertebra.datasets;

import io.vertebra.images.Box;
import io.vertebra.images.Mask;
import java.util.Objects;
import java.util.Optional;

/**
 * One annotated object of a picture.
 *
 * @param id the number that the data set gives it, or its place in the picture from 1 on
 * @param label the index of its class in {@link Dataset#classNames}
 * @param box in pixels of the picture at hand
 * @param silhouette its pixels, if they are known
 * @param crowd whether it stands for a group that is not told apart (COCO)
 * @param difficult whether metrics leave it out (VOC)
 * @param area in pixels of the picture as annotated, whatever was done to it since; metrics sort objects into sizes by it
 */
public record Instance(
        long id, int label, Box box, Silhouette silhouette, boolean crowd, boolean difficult, double area) {

    public Instance {
        Objects.requireNonNull(box, "box");
        Objects.requireNonNull(silhouette, "silhouette");
    }

    /** A plain object of which only the box is known. */
    public Instance(long id, int label, Box box) {
        this(id, label, box, Silhouette.NONE, false, false, box.area());
    }

    /** An object of which the pixels are known, and so the box. */
    public static Optional<Instance> of(long id, int label, Mask mask) {
        return mask.bounds().map(box -> new Instance(id, label, box, Silhouette.of(mask), false, false, mask.area()));
    }

    /** Its pixels, if they are known; made at the first call. */
    public Optional<Mask> mask() {
        return silhouette.mask();
    }

    /** The same object under another class index. */
    public Instance withLabel(int newLabel) {
        return new Instance(id, newLabel, box, silhouette, crowd, difficult, area);
    }

    /** The same object in another place. */
    Instance at(Box newBox, Silhouette newSilhouette) {
        return new Instance(id, label, newBox, newSilhouette, crowd, difficult, area);
    }
}
