package io.vertebra.onednn.kernel;

import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.region.RoiAlignment;
import io.vertebra.graph.region.RoiLevels;
import io.vertebra.graph.region.RoiShape;
import java.util.List;

/**
 * Where regions lie on the maps of a pyramid: the picture and level of each, and, for each thread, the cells of the bins of
 * the one that it works on.
 */
final class RoiCuts {
    private static final int WIDTH = 5;
    /** Channels of a task; a multiple of those of a block. */
    static final int CHANNELS = 64;

    private final List<Grid> maps;
    private final int channels;
    private final int chunks;
    private final RoiAlignment[] alignments;
    private final RoiLevels levels;
    private final RoiShape pictures;
    private final float[] rois;
    private final int[] level;
    private final BinTaps[][] rows;
    private final BinTaps[][] columns;
    private final BinCells[] cells;

    /** For so many regions of these maps; {@code members} threads. */
    RoiCuts(RoiAlign op, List<Grid> maps, int count, int members) {
        this.maps = maps;
        this.channels = maps.get(0).c();
        this.chunks = (channels + CHANNELS - 1) / CHANNELS;
        this.alignments = op.scales().stream()
                .map(scale -> new RoiAlignment(op.output(), scale, op.samplingRatio(), op.aligned()))
                .toArray(RoiAlignment[]::new);
        int least = -Math.getExponent(op.scales().get(0));
        this.levels = maps.size() == 1 ? null : RoiLevels.of(least, least + maps.size() - 1);
        Grid first = maps.get(0);
        this.pictures = new RoiShape(first.n(), first.c(), first.h(), first.w());
        this.rois = new float[Math.multiplyExact(WIDTH, count)];
        this.level = new int[count];
        this.rows = new BinTaps[members][maps.size()];
        this.columns = new BinTaps[members][maps.size()];
        this.cells = new BinCells[members];
        int most = maps.stream()
                .mapToInt(map -> Math.multiplyExact(map.h(), map.w()))
                .max()
                .orElseThrow();
        for (int member = 0; member < members; member++) {
            cells[member] = new BinCells(most);
            for (int l = 0; l < maps.size(); l++) {
                Grid map = maps.get(l);
                int ofRow = map.row(0, 0, 1) - map.row(0, 0, 0);
                rows[member][l] = new BinTaps(op.output().height(), map.h(), ofRow);
                columns[member][l] = new BinTaps(op.output().width(), map.w(), map.columnStride());
            }
        }
    }

    /** Tasks: some channels of a picture each. */
    int tasks() {
        return maps.get(0).n() * chunks;
    }

    /** The picture of a task. */
    int pictureOf(int task) {
        return task / chunks;
    }

    /** The first channel of a task. */
    int first(int task) {
        return task % chunks * CHANNELS;
    }

    /** The channel behind those of a task. */
    int end(int task) {
        return Math.min(channels, first(task) + CHANNELS);
    }

    /** Channels of a task that lie together. */
    static int step(Grid map) {
        return map.isBlocked() ? map.run() : Math.min(CHANNELS, map.c());
    }

    /** Takes the regions of this pass. */
    void read(Cells from) {
        from.read(0, rois, 0, rois.length);
        pictures.rois(rois);
        for (int roi = 0; levels != null && roi < level.length; roi++) {
            int at = WIDTH * roi;
            float width = Math.max(0, rois[at + 3] - rois[at + 1]);
            float height = Math.max(0, rois[at + 4] - rois[at + 2]);
            level[roi] = levels.level(width, height);
        }
    }

    int count() {
        return level.length;
    }

    int picture(int roi) {
        return (int) rois[WIDTH * roi];
    }

    int level(int roi) {
        return level[roi];
    }

    Grid map(int roi) {
        return maps.get(level[roi]);
    }

    /** Moves a thread to a region. */
    void select(int roi, int member) {
        int l = level[roi];
        rows[member][l].set(alignments[l], rois[WIDTH * roi + 2], rois[WIDTH * roi + 4]);
        columns[member][l].set(alignments[l], rois[WIDTH * roi + 1], rois[WIDTH * roi + 3]);
    }

    /** The cells of a bin of the region that a thread works on. */
    BinCells cells(int roi, int member, int p, int q) {
        cells[member].set(rows[member][level[roi]], p, columns[member][level[roi]], q);
        return cells[member];
    }
}
