package io.vertebra.graph.region;

import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Anchors of TensorFlow's SSD networks (its multiple grid generator).
 *
 * <p>Scales go evenly from {@code first} to {@code last}, then 1. An anchor of scale s and ratio r (width / height) is
 * {@code s √r} wide and {@code s / √r} high, relative to the picture's shorter side. Every level has an anchor of each
 * ratio and last a square of scale {@code √(s_k s_{k+1})}; with {@code reduced} the lowest level has three anchors only:
 * (0.1, 1), (s, 2), (s, 1/2). They stand in the middle of each cell; the cells divide the picture. Order: level, row,
 * column, anchor.
 *
 * @param levels the number of levels
 * @param first scale of the lowest level
 * @param last scale of the highest level
 * @param ratios aspect ratios, width / height
 * @param reduced whether the lowest level has three anchors
 */
public record SsdAnchors(int levels, double first, double last, List<Double> ratios, boolean reduced) {

    private static final double SMALLEST = 0.1;

    /** Checks and copies. */
    public SsdAnchors {
        Check.atLeast(1, "levels", levels);
        Door.positive("first", first);
        Door.positive("last", last);
        ratios = List.copyOf(ratios);
        ratios.forEach(ratio -> Door.positive("ratios", ratio));
    }

    /** The generator of {@code ssd_mobilenet_v1_coco} and {@code ssd_mobilenet_v2_coco}: 1917 anchors at 300 pixels. */
    public static SsdAnchors coco() {
        return new SsdAnchors(6, 0.2, 0.95, List.of(1.0, 2.0, 0.5, 3.0, 1.0 / 3), true);
    }

    private record Shape(double scale, double ratio) {
        double width() {
            return scale * Math.sqrt(ratio);
        }

        double height() {
            return scale / Math.sqrt(ratio);
        }
    }

    private List<Shape> shapes(int level) {
        List<Double> scales = Scales.spread(levels, first, last);
        double scale = scales.get(level);
        if (level == 0 && reduced) {
            return List.of(new Shape(SMALLEST, 1), new Shape(scale, 2), new Shape(scale, 0.5));
        }
        List<Shape> shapes = new ArrayList<>();
        ratios.forEach(ratio -> shapes.add(new Shape(scale, ratio)));
        shapes.add(new Shape(Math.sqrt(scale * scales.get(level + 1)), 1));
        return shapes;
    }

    /** The number of anchors at each cell of a level. */
    public int perCell(int level) {
        Check.that(level >= 0 && level < levels, "level", "%d of %d", level, levels);
        return level == 0 && reduced ? 3 : ratios.size() + 1;
    }

    /** All anchors (n, 4) in pixels of a picture whose levels have these grids. */
    public float[] boxes(Size picture, List<Size> grids) {
        int[] perCell = new int[levels];
        Arrays.setAll(perCell, this::perCell);
        float[] boxes = new float[4 * Grids.anchors(picture, grids, perCell)];
        double side = Math.min(picture.height(), picture.width());
        int at = 0;
        for (int level = 0; level < levels; level++) {
            Size grid = grids.get(level);
            List<Shape> shapes = shapes(level);
            for (int i = 0; i < grid.height(); i++) {
                double y = (i + 0.5) * picture.height() / grid.height();
                for (int j = 0; j < grid.width(); j++) {
                    double x = (j + 0.5) * picture.width() / grid.width();
                    for (Shape shape : shapes) {
                        double halfWidth = side * shape.width() / 2;
                        double halfHeight = side * shape.height() / 2;
                        Boxes.set(
                                boxes,
                                at,
                                (float) (x - halfWidth),
                                (float) (y - halfHeight),
                                (float) (x + halfWidth),
                                (float) (y + halfHeight));
                        at += 4;
                    }
                }
            }
        }
        return boxes;
    }
}
