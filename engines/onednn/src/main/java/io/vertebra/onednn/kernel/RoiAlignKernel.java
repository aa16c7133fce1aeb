package io.vertebra.onednn.kernel;

import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.Size;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Features of regions, sampled bilinearly: tensors a map of each level, in blocks or channels last, rois in fp32, y
 * row-major. Threads share out the channels of pictures, so that what they read of a map stays near while they go through
 * the regions.
 */
public final class RoiAlignKernel implements Kernel {
    private final RoiMath math = RoiMath.BEST;
    private final Team team = Team.SHARED;
    private final Team.Task task = this::channels;
    private final List<Grid> maps;
    private final boolean half;
    private final boolean halfBins;
    private final RoiCuts cuts;
    private final Size bins;
    private final int area;
    private final int channels;
    private final float[][] sums;
    private final float[][] tiles;
    private final ByteBuffer[] features;
    private Cells rois;
    private Cells y;

    /**
     * For so many regions.
     *
     * @param half whether the maps are bfloat16
     * @param halfBins whether y is bfloat16
     */
    public RoiAlignKernel(RoiAlign op, List<Grid> maps, int count, boolean half, boolean halfBins) {
        this.maps = List.copyOf(maps);
        this.half = half;
        this.halfBins = halfBins;
        this.cuts = new RoiCuts(op, this.maps, count, team.size());
        this.bins = op.output();
        this.area = Math.toIntExact(bins.area());
        this.channels = maps.get(0).c();
        this.sums = new float[team.size()][Math.multiplyExact(area, RoiCuts.CHANNELS)];
        this.tiles = new float[team.size()][Math.multiplyExact(area, Math.min(RoiCuts.CHANNELS, channels))];
        this.features = new ByteBuffer[maps.size()];
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        System.arraycopy(tensors, 0, features, 0, features.length);
        rois = new Cells(tensors[maps.size()], false);
        y = new Cells(tensors[maps.size() + 1], halfBins);
    }

    @Override
    public void run() {
        cuts.read(rois);
        team.run(cuts.tasks(), task);
    }

    private void channels(int index, int member) {
        int first = cuts.first(index);
        int end = cuts.end(index);
        for (int roi = 0; roi < cuts.count(); roi++) {
            if (cuts.picture(roi) == cuts.pictureOf(index)) {
                cuts.select(roi, member);
                region(roi, member, first, end);
                y.write((roi * channels + first) * area, tiles[member], 0, (end - first) * area);
            }
        }
    }

    /** The cells of a bin serve all blocks. */
    private void region(int roi, int member, int first, int end) {
        Grid map = cuts.map(roi);
        int step = RoiCuts.step(map);
        int run = Math.min(step, map.isBlocked() ? step : end - first);
        for (int bin = 0; bin < area; bin++) {
            BinCells cells = cuts.cells(roi, member, bin / bins.width(), bin % bins.width());
            for (int c = first; c < end; c += step) {
                int at = map.row(cuts.picture(roi), c, 0);
                int to = (c - first) * area + bin * run;
                math.gather(features[cuts.level(roi)], half, at, cells, run, sums[member], to);
            }
        }
        for (int c = first; c < end; c += step) {
            transpose(sums[member], run, Math.min(step, end - c), tiles[member], (c - first) * area);
        }
    }

    private void transpose(float[] ofBins, int run, int count, float[] tile, int at) {
        for (int c = 0; c < count; c++) {
            for (int bin = 0; bin < area; bin++) {
                tile[at + c * area + bin] = ofBins[at + bin * run + c];
            }
        }
    }
}
