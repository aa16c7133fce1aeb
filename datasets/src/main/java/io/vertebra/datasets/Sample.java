package io.vertebra.datasets;

import io.vertebra.images.Interpolation;
import io.vertebra.images.Raster;
import io.vertebra.images.Resampling;
import java.util.Objects;

/**
 * One picture with its class and what else is known about it; immutable.
 *
 * @param id names the sample to people: a file, or a place in one
 * @param image upright, RGB
 * @param label the index of its class
 * @param annotations objects and pixels, in the picture's coordinates
 */
public record Sample(String id, Raster image, int label, Annotations annotations) {

    public Sample {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(annotations, "annotations");
    }

    /** A sample of which only the class is known. */
    public Sample(String id, Raster image, int label) {
        this(id, image, label, Annotations.NONE);
    }

    /** The same picture without its annotations. */
    public Sample withoutAnnotations() {
        return new Sample(id, image, label);
    }

    /** The same picture under another class index. */
    public Sample withLabel(int newLabel) {
        return new Sample(id, image, newLabel, annotations);
    }

    /** The sample mirrored left to right. */
    public Sample flipped() {
        return new Sample(id, image.flipped(), label, annotations.flipped(image.width()));
    }

    /** A window of the sample; what lies outside the picture is black background. */
    public Sample window(int top, int left, int height, int width) {
        return new Sample(
                id, image.window(top, left, height, width), label, annotations.window(top, left, height, width));
    }

    /** The sample at another size. */
    public Sample resized(int height, int width, Interpolation filter) {
        Raster resized = Resampling.resize(image, height, width, filter);
        return new Sample(id, resized, label, annotations.resized(image.size(), resized.size()));
    }
}
