package io.vertebra.tasks.metrics.voc;

/**
 * A rectangle as VOC writes it: the corner pixels belong to it, so that one pixel has equal corners.
 *
 * @param xmin first column
 * @param ymin first row
 * @param xmax last column
 * @param ymax last row
 */
public record VocBox(double xmin, double ymin, double xmax, double ymax) {

    /** The box of half-open corners that count from 0, the form inside Vertebra. */
    public static VocBox ofCorners(double x1, double y1, double x2, double y2) {
        return new VocBox(x1 + 1, y1 + 1, x2, y2);
    }

    /** Intersection over union with widths of {@code max − min + 1}; 0 for boxes that do not meet. */
    public double iou(VocBox other) {
        double width = Math.min(xmax, other.xmax) - Math.max(xmin, other.xmin) + 1;
        double height = Math.min(ymax, other.ymax) - Math.max(ymin, other.ymin) + 1;
        if (!(width > 0 && height > 0)) {
            return 0;
        }
        double common = width * height;
        return common / (area() + other.area() - common);
    }

    private double area() {
        return (xmax - xmin + 1) * (ymax - ymin + 1);
    }
}
