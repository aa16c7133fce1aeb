package io.vertebra.onednn.kernel;

/**
 * Where the elements of a tensor (N, C, H, W) lie: row-major, channels last, or in blocks of channels padded with zeros.
 */
public final class Grid {
    private final int n;
    private final int c;
    private final int h;
    private final int w;
    private final int block;
    private final int ofImage;
    private final int ofBlock;
    private final int ofRow;
    private final int ofColumn;

    private Grid(int[] extents, int block, int ofImage, int ofBlock, int ofRow, int ofColumn) {
        this.n = extents[0];
        this.c = extents[1];
        this.h = extents[2];
        this.w = extents[3];
        this.block = block;
        this.ofImage = ofImage;
        this.ofBlock = ofBlock;
        this.ofRow = ofRow;
        this.ofColumn = ofColumn;
    }

    /** Row-major. */
    public static Grid plain(int n, int c, int h, int w) {
        return new Grid(new int[] {n, c, h, w}, 1, c * h * w, h * w, w, 1);
    }

    /** Channels last. */
    public static Grid channelsLast(int n, int c, int h, int w) {
        return new Grid(new int[] {n, c, h, w}, 1, c * h * w, 1, w * c, c);
    }

    /** Blocks of channels. */
    public static Grid blocked(int n, int c, int h, int w, int block) {
        int blocks = (c + block - 1) / block;
        return new Grid(new int[] {n, c, h, w}, block, blocks * block * h * w, block * h * w, w * block, block);
    }

    /** Images. */
    public int n() {
        return n;
    }

    /** Channels. */
    public int c() {
        return c;
    }

    /** Rows. */
    public int h() {
        return h;
    }

    /** Columns. */
    public int w() {
        return w;
    }

    /**
     * Channels that lie together, the padded ones of a block included: from each multiple of it on, {@code w · run} elements
     * of a row lie together.
     */
    public int run() {
        return ofColumn;
    }

    /** Whether channels lie in blocks. */
    public boolean isBlocked() {
        return block > 1;
    }

    /** Elements of one image in memory, padding included. */
    public int imageLength() {
        return ofImage;
    }

    /** The place of the first column of a row of a channel; the columns follow at {@link #columnStride}. */
    public int row(int image, int channel, int y) {
        return image * ofImage + channel / block * ofBlock + channel % block + y * ofRow;
    }

    /** The distance between columns. */
    public int columnStride() {
        return ofColumn;
    }
}
