package io.vertebra.datasets;

import java.util.Optional;

/**
 * Pictures and labels for one step, as the network takes them.
 *
 * <p>The arrays belong to the loader, which fills them anew: a batch is valid until the loader is asked for the next one. Rows from
 * {@link #valid} on are padding, copies of the last valid row that no metric may count.
 */
public final class Batch {

    private final float[] input;
    private final int[] labels;
    private final int[] indices;
    private final float[] softLabels;
    private final int classes;
    private final int height;
    private final int width;
    private long epoch;
    private int index;
    private int valid;

    /**
     * An empty batch of 3-channel pictures.
     *
     * @param soft whether it carries soft labels
     */
    public Batch(int size, int height, int width, int classes, boolean soft) {
        this.input = new float[Math.multiplyExact(Math.multiplyExact(size, 3), Math.multiplyExact(height, width))];
        this.labels = new int[size];
        this.indices = new int[size];
        this.softLabels = soft ? new float[Math.multiplyExact(size, classes)] : null;
        this.classes = classes;
        this.height = height;
        this.width = width;
    }

    /** Says what the rows are: batch {@code index} of {@code epoch}, of which the first {@code valid} count. */
    public void fill(long ofEpoch, int ofIndex, int validRows) {
        this.epoch = ofEpoch;
        this.index = ofIndex;
        this.valid = validRows;
    }

    /** Rows, padding included. */
    public int size() {
        return labels.length;
    }

    /** Rows that count; they come first. */
    public int valid() {
        return valid;
    }

    /** 3, for RGB. */
    public int channels() {
        return 3;
    }

    /** Rows of pixels. */
    public int height() {
        return height;
    }

    /** Columns of pixels. */
    public int width() {
        return width;
    }

    /** How many classes the data has. */
    public int classes() {
        return classes;
    }

    /** The normalised pictures, (N, 3, H, W). */
    public float[] input() {
        return input;
    }

    /** The class of each row, (N). */
    public int[] labels() {
        return labels;
    }

    /** The wanted probability of each class in each row, (N, classes), under Mixup or CutMix. */
    public Optional<float[]> softLabels() {
        return Optional.ofNullable(softLabels);
    }

    /** The number of each row's sample in the data set, (N); -1 in padding. */
    public int[] indices() {
        return indices;
    }

    /** The epoch, from 0. */
    public long epoch() {
        return epoch;
    }

    /** The number of the batch in its epoch, from 0. */
    public int index() {
        return index;
    }
}
