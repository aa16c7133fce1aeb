package io.vertebra.backbones.embed;

import io.vertebra.backbones.weights.Preprocessing;
import io.vertebra.images.Interpolation;
import io.vertebra.images.Normalization;
import io.vertebra.images.Raster;
import io.vertebra.images.Resampling;
import java.util.Locale;

/**
 * What is done to a photo before a network sees it, as torchvision does it: the short side is resized, the middle cut out,
 * the colours normalised.
 *
 * @param resize short side after resizing, in pixels
 * @param crop side of the square in the middle, in pixels
 * @param interpolation of the resize
 * @param normalization of the colours
 */
public record Preparation(int resize, int crop, Interpolation interpolation, Normalization normalization) {

    /** Checks the sizes. */
    public Preparation {
        if (crop < 1 || resize < crop) {
            throw new IllegalArgumentException(
                    "size: the square must be at least 1 and no larger than the short side, they are " + crop + " and "
                            + resize);
        }
    }

    /** As most networks of ImageNet want it: the short side is resized to 8/7 of the square. */
    public static Preparation imageNet(int side) {
        return new Preparation(Math.round(side / 0.875f), side, Interpolation.BILINEAR, Normalization.IMAGENET);
    }

    /** As published weights want it. */
    static Preparation of(Preprocessing p) {
        return new Preparation(
                (int) Math.round(p.inputSize() / p.crop()),
                p.inputSize(),
                Interpolation.valueOf(p.interpolation().toUpperCase(Locale.ROOT)),
                new Normalization(p.mean(), p.std()));
    }

    /** The same part of the photo at another size. */
    public Preparation withSize(int side) {
        return new Preparation((int) Math.round((double) resize * side / crop), side, interpolation, normalization);
    }

    /**
     * The square that the network sees, before its colours are normalised.
     *
     * @throws IllegalArgumentException if the whole photo, resized, has more pixels than a picture may have
     */
    public Raster cut(Raster photo) {
        double ratio = (double) Math.max(photo.height(), photo.width()) / Math.min(photo.height(), photo.width());
        if (ratio * resize * resize > Photos.MOST_PIXELS) {
            throw new IllegalArgumentException("picture: " + photo.size() + " becomes larger than a picture may be"
                    + " when its short side is resized to " + resize);
        }
        return Resampling.resizeShort(photo, resize, interpolation).centerCrop(crop, crop);
    }
}
