package io.vertebra.onednn.kernel;

/**
 * The cells of a map in blocks of channels, all channels of some of them at a time, as {@link CellMath} wants them. Each
 * picture has a fixed number of bands, which threads share out, of chunks that the nearest cache holds.
 */
final class CellChunks {
    private static final int CHUNK = 8192;
    private static final int BANDS = 4;

    private final Grid grid;
    private final int blocks;
    private final int ofImage;
    private final int most;
    private final int bands;
    private final int ofBand;

    CellChunks(Grid grid) {
        this.grid = grid;
        this.blocks = (grid.c() + grid.run() - 1) / grid.run();
        this.ofImage = Math.multiplyExact(grid.h(), grid.w());
        this.most = Math.max(1, Math.min(ofImage, CHUNK / padded()));
        this.bands = Math.min(BANDS, (ofImage + most - 1) / most);
        this.ofBand = (ofImage + bands - 1) / bands;
    }

    /** Channels of a block. */
    int run() {
        return grid.run();
    }

    /** Channels that count. */
    int channels() {
        return grid.c();
    }

    /** Channels with those that pad the last block. */
    int padded() {
        return blocks * run();
    }

    int blocks() {
        return blocks;
    }

    /** Cells of all pictures. */
    int cells() {
        return Math.multiplyExact(grid.n(), ofImage);
    }

    /** Cells of a chunk at most. */
    int most() {
        return most;
    }

    /** Floats of a chunk at most. */
    int length() {
        return most * padded();
    }

    /** Bands of all pictures. */
    int bands() {
        return grid.n() * bands;
    }

    /** The first cell of a band, counted in its picture. */
    int first(int band) {
        return band % bands * ofBand;
    }

    /** The cell behind a band. */
    int end(int band) {
        return Math.min(ofImage, first(band) + ofBand);
    }

    /** The number of a cell of a band's picture among all cells. */
    int cell(int band, int at) {
        return band / bands * ofImage + at;
    }

    /** Reads cells of a band's picture from {@code at} on. */
    void read(Cells from, int band, int at, int count, float[] into) {
        for (int b = 0; b < blocks; b++) {
            from.read(place(band, b, at), into, b * count * run(), count * run());
        }
    }

    /** Writes cells of a band's picture. */
    void write(Cells to, int band, int at, int count, float[] values) {
        for (int b = 0; b < blocks; b++) {
            to.write(place(band, b, at), values, b * count * run(), count * run());
        }
    }

    /** Sets the channels that pad the last block to zero. */
    void clearPadding(float[] values, int count) {
        int last = channels() % run();
        for (int i = 0; last > 0 && i < count; i++) {
            int from = ((blocks - 1) * count + i) * run();
            java.util.Arrays.fill(values, from + last, from + run(), 0);
        }
    }

    private int place(int band, int block, int at) {
        return grid.row(band / bands, block * run(), 0) + at * run();
    }
}
