package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;

/**
 * Layer norm over the channels of each cell of a map in blocks, in fp32: tensors x, scale, shift, y, statistics (2, cells): mean and
 * 1/√(σ² + ε) of each. oneDNN knows it for rows of channels only, at the price of a reorder before and behind.
 */
public final class LayerNormKernel implements Kernel {
    private final CellMath math = CellMath.BEST;
    private final RowMath lines = RowMath.BEST;
    private final Team team = Team.SHARED;
    private final Team.Task task = this::band;
    private final CellChunks chunks;
    private final double epsilon;
    private final float[] factors;
    private final float[] addends;
    private final float[][] data;
    private final float[][] means;
    private final float[][] inverses;
    private final float[][] centres;
    private Cells x;
    private Cells y;
    private Cells scale;
    private Cells shift;
    private Cells statistics;

    /** {@code grid} of x and of y. */
    public LayerNormKernel(Grid grid, double epsilon) {
        this.chunks = new CellChunks(grid);
        this.epsilon = epsilon;
        this.factors = new float[chunks.padded()];
        this.addends = new float[chunks.padded()];
        this.data = new float[team.size()][chunks.length()];
        this.means = new float[team.size()][chunks.most()];
        this.inverses = new float[team.size()][chunks.most()];
        this.centres = new float[team.size()][chunks.most()];
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        x = new Cells(tensors[0], false);
        scale = new Cells(tensors[1], false);
        shift = new Cells(tensors[2], false);
        y = new Cells(tensors[3], false);
        statistics = new Cells(tensors[4], false);
    }

    @Override
    public void run() {
        scale.read(0, factors, 0, chunks.channels());
        shift.read(0, addends, 0, chunks.channels());
        team.run(chunks.bands(), task);
    }

    private void band(int index, int member) {
        for (int at = chunks.first(index); at < chunks.end(index); at += chunks.most()) {
            int count = Math.min(chunks.most(), chunks.end(index) - at);
            chunks.read(x, index, at, count, data[member]);
            normalize(count, data[member], means[member], inverses[member], centres[member]);
            chunks.write(y, index, at, count, data[member]);
            int cell = chunks.cell(index, at);
            statistics.write(cell, means[member], 0, count);
            statistics.write(chunks.cells() + cell, inverses[member], 0, count);
        }
    }

    private void normalize(int count, float[] values, float[] mean, float[] inverse, float[] centre) {
        int run = chunks.run();
        int channels = chunks.channels();
        math.sums(values, count, run, channels, mean);
        for (int i = 0; i < count; i++) {
            mean[i] /= channels;
        }
        math.squares(values, count, run, channels, mean, inverse);
        for (int i = 0; i < count; i++) {
            inverse[i] = (float) (1 / Math.sqrt((double) inverse[i] / channels + epsilon));
        }
        for (int i = 0; i < count; i++) {
            centre[i] = -mean[i] * inverse[i];
        }
        math.affine(values, count, run, chunks.blocks(), inverse, centre);
        for (int b = 0; b < chunks.blocks(); b++) {
            lines.affine(values, b * count * run, count, run, factors, addends, b * run, values);
        }
    }
}
