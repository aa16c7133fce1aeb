package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Positions whose classes lie together: rows of a matrix, anchors, or a map channels last; fp32. */
public final class FlatPositions implements Positions {
    /** Positions of 21 classes fit the first cache, of 150 the second. */
    private static final int CHUNK = 128;

    private final int pictures;
    private final int each;
    private final int classes;
    private final float[] lines;
    private Cells logits;
    private Cells gradient;

    /** {@code each}: positions of one picture. */
    public FlatPositions(int pictures, int each, int classes) {
        this.pictures = pictures;
        this.each = each;
        this.classes = classes;
        this.lines = new float[largest() * classes];
    }

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
    public int largest() {
        return Math.min(CHUNK, each);
    }

    @Override
    public void load(int picture, int chunk, float[] z) {
        int run = run();
        logits.read(first(picture, chunk) * classes, lines, 0, size(chunk) * classes);
        for (int i = 0; i < size(chunk); i++) {
            System.arraycopy(lines, i * classes, z, i * run, classes);
            Arrays.fill(z, i * run + classes, (i + 1) * run, RowMath.NOTHING);
        }
    }

    @Override
    public void store(int picture, int chunk, float[] z) {
        int run = run();
        for (int i = 0; i < size(chunk); i++) {
            System.arraycopy(z, i * run, lines, i * classes, classes);
        }
        gradient.write(first(picture, chunk) * classes, lines, 0, size(chunk) * classes);
    }
}
