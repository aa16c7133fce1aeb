package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;

/** Positions whose classes lie together: rows of a matrix, anchors, or a map channels last; fp32. */
public final class FlatPositions implements Positions {
    /** Planes of 21 classes fit the first cache, of 150 the second. */
    private static final int CHUNK = 128;

    private final int pictures;
    private final int each;
    private final int classes;
    private final int stride;
    private final float[] lines;
    private Cells logits;
    private Cells gradient;

    /** {@code each}: positions of one picture. */
    public FlatPositions(int pictures, int each, int classes) {
        this.pictures = pictures;
        this.each = each;
        this.classes = classes;
        int chunk = Math.min(CHUNK, each);
        this.stride = (chunk + LANES - 1) / LANES * LANES;
        this.lines = new float[chunk * classes];
    }

    private static final int LANES = RowMath.LANES;

    @Override
    public void bind(ByteBuffer newLogits, ByteBuffer newGradient) {
        logits = new Cells(newLogits, false);
        gradient = newGradient == null ? null : new Cells(newGradient, false);
    }

    @Override
    public int pictures() {
        return pictures;
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public int count() {
        return pictures * each;
    }

    @Override
    public int chunks() {
        return (each + CHUNK - 1) / CHUNK;
    }

    @Override
    public int first(int picture, int chunk) {
        return picture * each + chunk * CHUNK;
    }

    @Override
    public int size(int chunk) {
        return Math.min(CHUNK, each - chunk * CHUNK);
    }

    @Override
    public int stride() {
        return stride;
    }

    @Override
    public void load(int picture, int chunk, float[] z) {
        int size = size(chunk);
        logits.read(first(picture, chunk) * classes, lines, 0, size * classes);
        for (int k = 0; k < classes; k++) {
            for (int i = 0; i < size; i++) {
                z[k * stride + i] = lines[i * classes + k];
            }
            for (int i = size; i < stride; i++) {
                z[k * stride + i] = 0;
            }
        }
    }

    @Override
    public void store(int picture, int chunk, float[] z) {
        int size = size(chunk);
        for (int i = 0; i < size; i++) {
            for (int k = 0; k < classes; k++) {
                lines[i * classes + k] = z[k * stride + i];
            }
        }
        gradient.write(first(picture, chunk) * classes, lines, 0, size * classes);
    }
}
