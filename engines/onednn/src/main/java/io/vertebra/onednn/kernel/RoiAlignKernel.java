package io.vertebra.onednn.kernel;

import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.Size;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Features of regions, sampled bilinearly: tensors a map of each level, in blocks or channels last, rois in fp32, y
 * row-major. Threads share out the regions.
 */
public final class RoiAlignKernel implements Kernel {
    private final RoiMath math = RoiMath.BEST;
    private final Team team = Team.SHARED;
    private final Team.Task task = this::region;
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
        int step = maps.stream().mapToInt(RoiCuts::step).max().orElseThrow();
        this.sums = new float[team.size()][Math.multiplyExact(area, step)];
        this.tiles = new float[team.size()][Math.multiplyExact(area, channels)];
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
        team.run(cuts.count(), task);
    }

    private void region(int roi, int member) {
        cuts.select(roi, member);
        Grid map = cuts.map(roi);
        int step = RoiCuts.step(map);
        for (int c = 0; c < channels; c += step) {
            int run = map.isBlocked() ? step : Math.min(step, channels - c);
            gather(roi, member, map.row(cuts.picture(roi), c, 0), run);
            transpose(sums[member], run, Math.min(step, channels - c), tiles[member], c * area);
        }
        y.write(roi * channels * area, tiles[member], 0, channels * area);
    }

    private void gather(int roi, int member, int at, int run) {
        ByteBuffer x = features[cuts.level(roi)];
        BinTaps rows = cuts.rows(roi, member);
        BinTaps columns = cuts.columns(roi, member);
        int to = 0;
        for (int p = 0; p < bins.height(); p++) {
            for (int q = 0; q < bins.width(); q++) {
                math.gather(x, half, at, rows, p, columns, q, run, sums[member], to);
                to += run;
            }
        }
    }

    private void transpose(float[] ofBins, int run, int count, float[] tile, int to) {
        for (int c = 0; c < count; c++) {
            for (int bin = 0; bin < area; bin++) {
                tile[to + c * area + bin] = ofBins[bin * run + c];
            }
        }
    }
}
