package io.vertebra.graph.region;

import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.List;

/**
 * Anchors of Faster R-CNN and RetinaNet: base boxes around the origin, repeated at every cell of a grid.
 *
 * <p>A base box of size s and aspect ratio r (height / width) is {@code s / √r} wide and {@code s √r} high; its corners are
 * rounded to whole pixels, halves to even. The cell of row i and column j is shifted by (j, i) times the stride, the whole
 * number of pixels between cells. Order: level, row, column, ratio, size. Arithmetic in float, equal to torchvision's bit
 * for bit.
 */
public final class Anchors {
    private final List<float[]> cells = new ArrayList<>();

    /** Sizes in pixels and aspect ratios for each level. */
    public Anchors(List<List<Double>> sizes, List<List<Double>> ratios) {
        Check.that(sizes.size() == ratios.size(), "ratios", "has %d levels, sizes has %d", ratios.size(), sizes.size());
        for (int level = 0; level < sizes.size(); level++) {
            cells.add(cell(sizes.get(level), ratios.get(level)));
        }
    }

    private static float[] cell(List<Double> sizes, List<Double> ratios) {
        float[] cell = new float[Door.elements("anchors", 4, sizes.size(), ratios.size())];
        int at = 0;
        for (double ratio : ratios) {
            Door.positive("ratios", ratio);
            float high = (float) Math.sqrt((float) ratio);
            float wide = 1 / high;
            for (double size : sizes) {
                Door.positive("sizes", size);
                float x = wide * (float) size / 2;
                float y = high * (float) size / 2;
                Boxes.set(cell, at, (float) Math.rint(-x), (float) Math.rint(-y), (float) Math.rint(x), (float)
                        Math.rint(y));
                at += 4;
            }
        }
        return cell;
    }

    /** The number of levels. */
    public int levels() {
        return cells.size();
    }

    /** The number of anchors at each cell of a level. */
    public int perCell(int level) {
        return cells.get(level).length / 4;
    }

    /** The base boxes of a level (anchors, 4), around the origin. */
    public float[] cell(int level) {
        return cells.get(level).clone();
    }

    /** All anchors (n, 4) of a picture whose levels have these grids; the stride is {@code ⌊picture / grid⌋}. */
    public float[] boxes(Size picture, List<Size> grids) {
        int[] perCell = cells.stream().mapToInt(cell -> cell.length / 4).toArray();
        float[] boxes = new float[4 * Grids.anchors(picture, grids, perCell)];
        int at = 0;
        for (int level = 0; level < grids.size(); level++) {
            Size grid = grids.get(level);
            int strideY = picture.height() / grid.height();
            int strideX = picture.width() / grid.width();
            int count = (int) grid.area() * perCell[level];
            for (int index = 0; index < count; index++) {
                set(level, index, grid.width(), strideY, strideX, boxes, at);
                at += 4;
            }
        }
        return boxes;
    }

    /** Writes one anchor of a level, counted by row, column and base box, at an offset. */
    void set(int level, int index, int columns, int strideY, int strideX, float[] boxes, int at) {
        float[] cell = cells.get(level);
        int perCell = cell.length / 4;
        int from = 4 * (index % perCell);
        int y = index / perCell / columns * strideY;
        int x = index / perCell % columns * strideX;
        Boxes.set(boxes, at, cell[from] + x, cell[from + 1] + y, cell[from + 2] + x, cell[from + 3] + y);
    }
}
