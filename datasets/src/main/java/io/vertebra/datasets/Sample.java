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
 * @param label the index of its class; 0 where the data have no class a picture
 * @param annotations objects and pixels, in the picture's coordinates
 * @param placement the way back to the picture as it was read
 */
public record Sample(String id, Raster image, int label, Annotations annotations, Placement placement) {

    public Sample {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(annotations, "annotations");
        Objects.requireNonNull(placement, "placement");
    }

    /** A sample as it was read. */
    public Sample(String id, Raster image, int label, Annotations annotations) {
        this(id, image, label, annotations, Placement.of(image.size()));
    }

    /** A sample as it was read, of which only the class is known. */
    public Sample(String id, Raster image, int label) {
        this(id, image, label, Annotations.NONE);
    }

    /** The same picture without its annotations. */
    public Sample withoutAnnotations() {
        return withAnnotations(Annotations.NONE);
    }

    /** The same picture with other annotations. */
    public Sample withAnnotations(Annotations others) {
        return new Sample(id, image, label, others, placement);
    }

    /** The same picture under another class index. */
    public Sample withLabel(int newLabel) {
        return new Sample(id, image, newLabel, annotations, placement);
    }

    /**
     * The same sample in other colours.
     *
     * @throws IllegalArgumentException if the size is another one
     */
    public Sample withColours(Raster recoloured) {
        if (!recoloured.size().equals(image.size())) {
            throw new IllegalArgumentException(
                    "sample: a picture of %s takes the place of one of %s".formatted(recoloured.size(), image.size()));
        }
        return new Sample(id, recoloured, label, annotations, placement);
    }

    /** The sample mirrored left to right. */
    public Sample flipped() {
        int width = image.width();
        return new Sample(id, image.flipped(), label, annotations.flipped(width), placement.flipped(width));
    }

    /** A window of the sample; what lies outside the picture is black, and ignored in its label map. */
    public Sample window(int top, int left, int height, int width) {
        return new Sample(
                id,
                image.window(top, left, height, width),
                label,
                annotations.window(top, left, height, width),
                placement.window(top, left));
    }

    /** A window of the sample; what lies outside the picture is of the colour (three samples), and ignored in its label map. */
    public Sample window(int top, int left, int height, int width, byte[] colour) {
        Sample cut = window(top, left, height, width);
        byte[] data = cut.image.data().clone();
        for (int y = 0; y < height; y++) {
            boolean outside = top + y < 0 || top + y >= image.height();
            for (int x = 0; x < width; x++) {
                if (outside || left + x < 0 || left + x >= image.width()) {
                    System.arraycopy(colour, 0, data, (y * width + x) * colour.length, colour.length);
                }
            }
        }
        return cut.withColours(Raster.of(height, width, colour.length, data));
    }

    /** The sample at another size. */
    public Sample resized(int height, int width, Interpolation filter) {
        Raster resized = Resampling.resize(image, height, width, filter);
        return new Sample(
                id,
                resized,
                label,
                annotations.resized(image.size(), resized.size()),
                placement.resized(image.size(), resized.size()));
    }
}
