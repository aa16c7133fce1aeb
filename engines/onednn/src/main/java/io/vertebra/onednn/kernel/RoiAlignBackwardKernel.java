package io.vertebra.onednn.kernel;

import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.Size;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The gradients of the maps that regions were cut from: tensors rois, gradient of y, row-major, then the gradient of each
 * level that is wanted, in fp32, in blocks or channels last. Threads share out channels of pictures, each of which takes
 * the regions in their order, so that the sums are the same every time.
 */
public final class RoiAlignBackwardKernel implements Kernel {
    private static final float[] ZEROS = new float[4096];

    private final RoiMath math = RoiMath.BEST;
    private final Team team = Team.SHARED;
    private final Team.Task task = this::channels;
    private final List<Grid> maps;
    private final List<Boolean> wanted;
    private final boolean half;
    private final RoiCuts cuts;
    private final Size bins;
    private final int area;
    private final int channels;
    private final float[][] tiles;
    private final float[][] ofBins;
    private final ByteBuffer[] toMaps;
    private final Cells[] cells;
    private Cells rois;
    private Cells y;

    /**
     * For so many regions.
     *
     * @param wanted of each level, whether it gets a gradient
     * @param half whether the gradient of y is bfloat16
     */
    public RoiAlignBackwardKernel(RoiAlign op, List<Grid> maps, List<Boolean> wanted, int count, boolean half) {
        this.maps = List.copyOf(maps);
        this.wanted = List.copyOf(wanted);
        this.half = half;
        this.cuts = new RoiCuts(op, this.maps, count, team.size());
        this.bins = op.output();
        this.area = Math.toIntExact(bins.area());
        this.channels = maps.get(0).c();
        this.tiles = new float[team.size()][area * Math.min(RoiCuts.CHANNELS, channels)];
        this.ofBins = new float[team.size()][Math.multiplyExact(area, RoiCuts.CHANNELS)];
        this.toMaps = new ByteBuffer[maps.size()];
        this.cells = new Cells[maps.size()];
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        rois = new Cells(tensors[0], false);
        y = new Cells(tensors[1], half);
        int next = 2;
        for (int l = 0; l < toMaps.length; l++) {
            if (wanted.get(l)) {
                toMaps[l] = tensors[next];
                cells[l] = new Cells(tensors[next++], false);
            }
        }
    }

    @Override
    public void run() {
        cuts.read(rois);
        team.run(cuts.tasks(), task);
    }

    private void channels(int index, int member) {
        int picture = cuts.pictureOf(index);
        int first = cuts.first(index);
        int end = cuts.end(index);
        for (int l = 0; l < toMaps.length; l++) {
            if (toMaps[l] != null) {
                clear(l, picture, first, end);
            }
        }
        for (int roi = 0; roi < cuts.count(); roi++) {
            if (cuts.picture(roi) == picture && toMaps[cuts.level(roi)] != null) {
                cuts.select(roi, member);
                y.read((roi * channels + first) * area, tiles[member], 0, (end - first) * area);
                spread(roi, member, first, end);
            }
        }
    }

    /** The planes of blocks lie together; of other channels, those of a cell. */
    private void clear(int l, int picture, int first, int end) {
        Grid map = maps.get(l);
        int step = RoiCuts.step(map);
        for (int c = first; c < end; c += step) {
            int at = map.row(picture, c, 0);
            int length = map.isBlocked() ? map.h() * map.w() * step : Math.min(step, end - c);
            int count = map.isBlocked() ? 1 : map.h() * map.w();
            for (int i = 0; i < count; i++, at += map.columnStride()) {
                for (int done = 0; done < length; done += ZEROS.length) {
                    cells[l].write(at + done, ZEROS, 0, Math.min(ZEROS.length, length - done));
                }
            }
        }
    }

    /** The cells of a bin serve all blocks. */
    private void spread(int roi, int member, int first, int end) {
        Grid map = cuts.map(roi);
        int step = RoiCuts.step(map);
        int run = Math.min(step, map.isBlocked() ? step : end - first);
        for (int c = first; c < end; c += step) {
            transpose(tiles[member], (c - first) * area, run, Math.min(step, end - c), ofBins[member]);
        }
        for (int bin = 0; bin < area; bin++) {
            BinCells cells = cuts.cells(roi, member, bin / bins.width(), bin % bins.width());
            for (int c = first; c < end; c += step) {
                int from = (c - first) * area + bin * run;
                int at = map.row(cuts.picture(roi), c, 0);
                math.scatter(ofBins[member], from, run, toMaps[cuts.level(roi)], at, cells);
            }
        }
    }

    private void transpose(float[] tile, int at, int run, int count, float[] to) {
        for (int c = 0; c < run; c++) {
            for (int bin = 0; bin < area; bin++) {
                to[at + bin * run + c] = c < count ? tile[at + c * area + bin] : 0;
            }
        }
    }
}
