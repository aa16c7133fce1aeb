package io.vertebra.images;

/** Intersection over union of masks, as COCO counts it. */
public final class MaskOverlap {

    private MaskOverlap() {}

    /**
     * Common pixels over pixels in either mask; 0 for two empty masks.
     *
     * @throws IllegalArgumentException if the sizes differ
     */
    public static double iou(Mask a, Mask b) {
        double common = a.common(b);
        return common == 0 ? 0 : common / (a.area() + (double) b.area() - common);
    }

    /**
     * Common pixels over pixels of the detection: what counts against a crowd, of which a detection may be any part.
     *
     * @throws IllegalArgumentException if the sizes differ
     */
    public static double ioCrowd(Mask detection, Mask crowd) {
        double common = detection.common(crowd);
        return common == 0 ? 0 : common / detection.area();
    }
}
