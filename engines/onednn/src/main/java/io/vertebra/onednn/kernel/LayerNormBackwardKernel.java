package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The gradients of {@link LayerNormKernel}: tensors x, scale, statistics, gradient of y, gradients of scale and shift, gradient
 * of x.
 *
 * <p>With x̂ = (x − μ) · r and g the gradient of y times the scale: the gradient of x is {@code r · (g − mean(g) − x̂ ·
 * mean(g · x̂))} with means over a cell.
 */
public final class LayerNormBackwardKernel implements Kernel {
    private final CellMath math = CellMath.BEST;
    private final RowMath lines = RowMath.BEST;
    private final Team team = Team.SHARED;
    private final Team.Task task = this::band;
    private final CellChunks chunks;
    private final float[] factors;
    private final float[] none;
    private final float[] ones;
    private final Work[] works;
    private final float[][] toScales;
    private final float[][] toShifts;
    private Cells x;
    private Cells y;
    private Cells toX;
    private Cells scale;
    private ByteBuffer statistics;
    private ByteBuffer toScale;
    private ByteBuffer toShift;

    /** What a member of the team needs for itself. */
    private static final class Work {
        private final float[] data;
        private final float[] gradient;
        private final float[] ofGradient;
        private final float[] ofData;
        private final float[] constants;

        private Work(CellChunks chunks) {
            this.data = new float[chunks.length()];
            this.gradient = new float[chunks.length()];
            this.ofGradient = new float[chunks.most()];
            this.ofData = new float[chunks.most()];
            this.constants = new float[chunks.most()];
        }
    }

    /** {@code grid} of x and of y. */
    public LayerNormBackwardKernel(Grid grid) {
        this.chunks = new CellChunks(grid);
        this.factors = new float[chunks.padded()];
        this.none = new float[chunks.padded()];
        this.ones = new float[chunks.run()];
        Arrays.fill(ones, 1);
        this.works = new Work[team.size()];
        Arrays.setAll(works, i -> new Work(chunks));
        this.toScales = new float[chunks.bands()][chunks.padded()];
        this.toShifts = new float[chunks.bands()][chunks.padded()];
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        x = new Cells(tensors[0], false);
        scale = new Cells(tensors[1], false);
        statistics = tensors[2];
        y = new Cells(tensors[3], false);
        toScale = tensors[4];
        toShift = tensors[5];
        toX = new Cells(tensors[6], false);
    }

    @Override
    public void run() {
        scale.read(0, factors, 0, chunks.channels());
        team.run(chunks.bands(), task);
        for (int c = 0; c < chunks.channels(); c++) { // in the order of the bands, whoever did them
            double ofScale = 0;
            double ofShift = 0;
            for (int band = 0; band < chunks.bands(); band++) {
                ofScale += toScales[band][c];
                ofShift += toShifts[band][c];
            }
            toScale.putFloat(c * Float.BYTES, (float) ofScale);
            toShift.putFloat(c * Float.BYTES, (float) ofShift);
        }
    }

    private void band(int index, int member) {
        Work w = works[member];
        Arrays.fill(toScales[index], 0);
        Arrays.fill(toShifts[index], 0);
        for (int at = chunks.first(index); at < chunks.end(index); at += chunks.most()) {
            int count = Math.min(chunks.most(), chunks.end(index) - at);
            chunks.read(x, index, at, count, w.data);
            chunks.read(y, index, at, count, w.gradient);
            normalize(chunks.cell(index, at), count, w);
            ofParameters(count, w, toScales[index], toShifts[index]);
            differentiate(chunks.cell(index, at), count, w);
            chunks.write(toX, index, at, count, w.data);
        }
    }

    private float inverse(int cell) {
        return statistics.getFloat((chunks.cells() + cell) * Float.BYTES);
    }

    /** x becomes x̂. */
    private void normalize(int cell, int count, Work w) {
        for (int i = 0; i < count; i++) {
            float r = inverse(cell + i);
            w.ofData[i] = r;
            w.constants[i] = -r * statistics.getFloat((cell + i) * Float.BYTES);
        }
        math.affine(w.data, count, chunks.run(), chunks.blocks(), w.ofData, w.constants);
    }

    /** Adds this chunk's part of their gradients; the gradient of y becomes g. */
    private void ofParameters(int count, Work w, float[] ofScale, float[] ofShift) {
        int run = chunks.run();
        for (int b = 0; b < chunks.blocks(); b++) {
            int at = b * count * run;
            lines.dot(w.data, at, run, w.gradient, at, count, run, ofScale, b * run);
            lines.dot(ones, 0, 0, w.gradient, at, count, run, ofShift, b * run);
            lines.affine(w.gradient, at, count, run, factors, none, b * run, w.gradient);
        }
    }

    private void differentiate(int cell, int count, Work w) {
        int channels = chunks.channels();
        math.sums(w.gradient, count, chunks.run(), channels, w.constants);
        math.products(w.gradient, w.data, count, chunks.run(), channels, w.ofData);
        for (int i = 0; i < count; i++) {
            float r = inverse(cell + i);
            w.ofGradient[i] = r;
            w.ofData[i] *= -r / channels;
            w.constants[i] *= -r / channels;
        }
        math.combine(w.gradient, w.data, count, chunks.run(), chunks.blocks(), w.ofGradient, w.ofData, w.constants);
        chunks.clearPadding(w.data, count);
    }
}
