package io.vertebra.graph.region;

import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.Size;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Default boxes of SSD as torchvision makes them.
 *
 * <p>Level k has, relative to the picture, a square of scale {@code s_k}, one of {@code √(s_k s_{k+1})}, and for each ratio
 * r a box {@code s_k √r} by {@code s_k / √r} and the same turned by 90 degrees. They stand in the middle of each cell of a
 * grid whose cells are a step of pixels apart (or, without steps, divide the picture). With {@code clip} width and
 * height are at most the picture's; boxes may still leave it. Order: level, row, column, box. SSD, arXiv:1512.02325,
 * section 2.2.
 *
 * @param ratios aspect ratios other than 1 for each level
 * @param scales one for each level and one more
 * @param steps pixels from cell to cell for each level, or none
 * @param clip whether relative sizes are limited to 1
 */
public record DefaultBoxes(List<List<Double>> ratios, List<Double> scales, List<Integer> steps, boolean clip) {

    /** Checks and copies. */
    public DefaultBoxes {
        ratios = ratios.stream().map(List::copyOf).toList();
        scales = List.copyOf(scales);
        steps = List.copyOf(steps);
        int levels = ratios.size();
        Check.that(scales.size() == levels + 1, "scales", "are %d, needs %d", scales.size(), levels + 1);
        Check.that(
                steps.isEmpty() || steps.size() == levels, "steps", "are %d, needs none or %d", steps.size(), levels);
        ratios.forEach(level -> level.forEach(ratio -> Door.positive("ratios", ratio)));
        scales.forEach(scale -> Door.positive("scales", scale));
        steps.forEach(step -> Check.atLeast(1, "steps", step));
    }

    /** Scales evenly spread from the first to the last level, then 1; no steps. */
    public static DefaultBoxes spread(List<List<Double>> ratios, double first, double last, boolean clip) {
        return new DefaultBoxes(ratios, Scales.spread(ratios.size(), first, last), List.of(), clip);
    }

    /** The 8732 boxes of {@code ssd300_vgg16}. */
    public static DefaultBoxes ssd300() {
        List<Double> few = List.of(2.0);
        List<Double> many = List.of(2.0, 3.0);
        return new DefaultBoxes(
                List.of(few, many, many, many, few, few),
                List.of(0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05),
                List.of(8, 16, 32, 64, 100, 300),
                true);
    }

    /** The 3234 boxes of {@code ssdlite320_mobilenet_v3_large}, six a cell. */
    public static DefaultBoxes ssdlite320() {
        return spread(Collections.nCopies(6, List.of(2.0, 3.0)), 0.2, 0.95, true);
    }

    /** The number of levels. */
    public int levels() {
        return ratios.size();
    }

    /** The number of boxes at each cell of a level. */
    public int perCell(int level) {
        return 2 + 2 * ratios.get(level).size();
    }

    /** Relative widths and heights (boxes, 2) of a level, not clipped. */
    public float[] pairs(int level) {
        double scale = scales.get(level);
        double between = Math.sqrt(scale * scales.get(level + 1));
        float[] pairs = new float[2 * perCell(level)];
        pairs[0] = pairs[1] = (float) scale;
        pairs[2] = pairs[3] = (float) between;
        int at = 4;
        for (double ratio : ratios.get(level)) {
            double root = Math.sqrt(ratio);
            pairs[at] = pairs[at + 3] = (float) (scale * root);
            pairs[at + 1] = pairs[at + 2] = (float) (scale / root);
            at += 4;
        }
        return pairs;
    }

    /** All boxes (n, 4) in pixels of a picture whose levels have these grids. */
    public float[] boxes(Size picture, List<Size> grids) {
        int[] perCell = new int[levels()];
        Arrays.setAll(perCell, this::perCell);
        float[] boxes = new float[4 * Grids.anchors(picture, grids, perCell)];
        int at = 0;
        for (int level = 0; level < levels(); level++) {
            Size grid = grids.get(level);
            float[] pairs = pairs(level);
            float cellsX = cells(picture.width(), grid.width(), level);
            float cellsY = cells(picture.height(), grid.height(), level);
            for (int i = 0; i < grid.height(); i++) {
                for (int j = 0; j < grid.width(); j++) {
                    for (int k = 0; k < pairs.length; k += 2) {
                        write(boxes, at, (j + 0.5f) / cellsX, pairs[k], picture.width());
                        write(boxes, at + 1, (i + 0.5f) / cellsY, pairs[k + 1], picture.height());
                        at += 4;
                    }
                }
            }
        }
        return boxes;
    }

    /** How many cells there are along the picture, by the step if there is one. */
    private float cells(int picture, int grid, int level) {
        return steps.isEmpty() ? grid : (float) ((double) picture / steps.get(level));
    }

    private void write(float[] boxes, int at, float centre, float side, int picture) {
        float half = 0.5f * (clip ? Math.min(side, 1) : side);
        boxes[at] = (centre - half) * picture;
        boxes[at + 2] = (centre + half) * picture;
    }
}
