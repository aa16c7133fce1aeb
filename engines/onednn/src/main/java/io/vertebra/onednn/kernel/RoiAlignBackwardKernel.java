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
    private static final int CHANNELS = 64;
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
    private final int chunks;
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
        this.chunks = (channels + CHANNELS - 1) / CHANNELS;
        this.tiles = new float[team.size()][area * Math.min(CHANNELS, channels)];
        int step = maps.stream().mapToInt(RoiCuts::step).max().orElseThrow();
        this.ofBins = new float[team.size()][Math.multiplyExact(area, step)];
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
        team.run(maps.get(0).n() * chunks, task);
    }

    private void channels(int index, int member) {
        int picture = index / chunks;
        int first = index % chunks * CHANNELS;
        int end = Math.min(channels, first + CHANNELS);
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

    private void spread(int roi, int member, int first, int end) {
        Grid map = cuts.map(roi);
        int step = RoiCuts.step(map);
        for (int c = first; c < end; c += step) {
            int count = Math.min(step, end - c);
            int run = map.isBlocked() ? step : count;
            transpose(tiles[member], (c - first) * area, run, count, ofBins[member]);
            scatter(roi, member, map.row(cuts.picture(roi), c, 0), run);
        }
    }

    private void transpose(float[] tile, int from, int run, int count, float[] to) {
        for (int c = 0; c < run; c++) {
            for (int bin = 0; bin < area; bin++) {
                to[bin * run + c] = c < count ? tile[from + c * area + bin] : 0;
            }
        }
    }

    private void scatter(int roi, int member, int at, int run) {
        ByteBuffer x = toMaps[cuts.level(roi)];
        BinTaps rows = cuts.rows(roi, member);
        BinTaps columns = cuts.columns(roi, member);
        int from = 0;
        for (int p = 0; p < bins.height(); p++) {
            for (int q = 0; q < bins.width(); q++) {
                math.scatter(ofBins[member], from, run, x, at, rows, p, columns, q);
                from += run;
            }
        }
    }
}
