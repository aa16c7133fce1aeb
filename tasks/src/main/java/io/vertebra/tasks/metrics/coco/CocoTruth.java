package io.vertebra.tasks.metrics.coco;

import io.vertebra.graph.op.Check;
import io.vertebra.images.Mask;
import io.vertebra.images.Size;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is to be found in which pictures. Immutable. */
public final class CocoTruth {

    private static final int MOST_CATEGORIES = 4096;

    private final List<Image> images;
    private final List<Category> categories;
    private final List<Annotation> annotations;

    private CocoTruth(List<Image> images, List<Category> categories, List<Annotation> annotations) {
        this.images = images;
        this.categories = categories;
        this.annotations = annotations;
    }

    /**
     * A picture.
     *
     * @param height in pixels, 0 if unknown
     * @param width in pixels, 0 if unknown
     */
    public record Image(long id, int height, int width) {

        /** The size of its masks; {@link IllegalArgumentException} if it is unknown. */
        Size size() {
            if (height == 0 || width == 0) {
                throw new IllegalArgumentException("image " + id + " has no height and width");
            }
            return new Size(height, width);
        }
    }

    /** A class of objects. */
    public record Category(long id, String name) {}

    /**
     * An object.
     *
     * @param id 0 only if pycocotools' treatment of that number is wanted: whoever finds the object is counted as wrong
     * @param x left of the box; its four numbers may be 0 where only masks are compared
     * @param y top of the box
     * @param width of the box
     * @param height of the box
     * @param area in pixels; it, and not the box, decides the class of size
     * @param crowd whether the object is many: whoever lies in it does not count
     * @param mask may be absent where only boxes are compared
     */
    public record Annotation(
            long id,
            long image,
            long category,
            double x,
            double y,
            double width,
            double height,
            double area,
            boolean crowd,
            Optional<Mask> mask) {

        /** The same with a mask. */
        Annotation with(Mask itsMask) {
            return new Annotation(id, image, category, x, y, width, height, area, crowd, Optional.of(itsMask));
        }
    }

    /** The pictures by ascending id. */
    public List<Image> images() {
        return images;
    }

    /** The classes by ascending id. */
    public List<Category> categories() {
        return categories;
    }

    /** The objects in the order in which they were added; among them may be some of pictures or classes that are not listed: they do not count. */
    public List<Annotation> annotations() {
        return annotations;
    }

    /** An empty account. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects pictures, classes and objects, in any order. */
    public static final class Builder {
        private final List<Image> images = new ArrayList<>();
        private final List<Category> categories = new ArrayList<>();
        private final List<Annotation> annotations = new ArrayList<>();

        private Builder() {}

        /** Adds a picture. */
        public Builder image(Image image) {
            images.add(image);
            return this;
        }

        /** Adds a class. */
        public Builder category(long id, String name) {
            categories.add(new Category(id, name));
            return this;
        }

        /** Adds an object. */
        public Builder annotation(Annotation annotation) {
            annotations.add(annotation);
            return this;
        }

        /**
         * Adds an object whose id nobody asks for.
         *
         * @param box x, y, width, height
         */
        public Builder object(
                long image, long category, double[] box, double area, boolean crowd, Optional<Mask> mask) {
            long id = annotations.size() + 1L;
            return annotation(new Annotation(id, image, category, box[0], box[1], box[2], box[3], area, crowd, mask));
        }

        /**
         * All that was added.
         *
         * @throws io.vertebra.graph.op.GraphException if an id stands twice, or there are more than 4096 classes
         */
        public CocoTruth build() {
            images.sort(Comparator.comparingLong(Image::id));
            categories.sort(Comparator.comparingLong(Category::id));
            for (int i = 1; i < images.size(); i++) {
                long id = images.get(i).id();
                Check.that(images.get(i - 1).id() != id, "images", "hold id %d twice", id);
            }
            for (int i = 1; i < categories.size(); i++) {
                long id = categories.get(i).id();
                Check.that(categories.get(i - 1).id() != id, "categories", "hold id %d twice", id);
            }
            Set<Long> ids = new HashSet<>();
            for (Annotation annotation : annotations) {
                Check.that(ids.add(annotation.id()), "annotations", "hold id %d twice", annotation.id());
            }
            Check.that(categories.size() <= MOST_CATEGORIES, "categories", "are more than %d", MOST_CATEGORIES);
            return new CocoTruth(List.copyOf(images), List.copyOf(categories), List.copyOf(annotations));
        }
    }
}
