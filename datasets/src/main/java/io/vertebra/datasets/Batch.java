package io.vertebra.datasets;

import io.vertebra.images.Normalization;
import io.vertebra.images.Size;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Pictures and labels for one step, as the network takes them.
 *
 * <p>The arrays belong to the loader, which fills them anew: a batch is valid until the loader is asked for the next one. Rows from
 * {@link #valid} on are padding, copies of the last valid row that no metric may count. Height and width may differ from batch to batch;
 * a picture that is smaller than its batch stands at the top left, with zeros below and right of it.
 */
public final class Batch {

    /** What is kept of a sample beside its pixels. */
    private record Row(Annotations annotations, Placement placement, Size size) {}

    private final int[] labels;
    private final int[] indices;
    private final float[] softLabels;
    private final Row[] rows;
    private final int classes;
    private final Normalization.Table table;
    private float[] input;
    private byte[] samples;
    private boolean isDecoded;
    private int height;
    private int width;
    private Map<String, TargetArray> targets = Map.of();
    private long epoch;
    private int index;
    private int valid;

    /**
     * An empty batch of 3-channel pictures.
     *
     * @param soft whether it carries soft labels
     */
    public Batch(int size, int height, int width, int classes, boolean soft) {
        this(size, height, width, classes, soft, null);
    }

    private Batch(int size, int height, int width, int classes, boolean soft, Normalization.Table table) {
        this.table = table;
        this.input = new float[0];
        this.samples = new byte[0];
        this.labels = new int[size];
        this.indices = new int[size];
        this.softLabels = soft ? new float[Math.multiplyExact(size, classes)] : null;
        this.rows = new Row[size];
        this.classes = classes;
        reshape(new Size(height, width), List.of());
    }

    /**
     * An empty batch of 3-channel pictures that keeps their samples as they are; what they become is looked up where it is used.
     *
     * @param table what they become
     */
    public static Batch ofSamples(int size, int height, int width, int classes, Normalization.Table table) {
        return new Batch(size, height, width, classes, false, table);
    }

    /**
     * Makes room for pictures of a size and these targets; arrays of the right length stay, with whatever is in them.
     *
     * @throws ArithmeticException if an array would be too long for Java
     */
    public void reshape(Size picture, List<Target> wanted) {
        int length = Math.multiplyExact(
                Math.multiplyExact(size(), 3), Math.multiplyExact(picture.height(), picture.width()));
        if (table != null) {
            samples = samples.length == length ? samples : new byte[length];
            isDecoded = false;
        } else if (input.length != length) {
            input = null; // the old one may go before the new one comes
            input = new float[length];
        }
        height = picture.height();
        width = picture.width();
        Map<String, TargetArray> old = targets;
        Map<String, TargetArray> arrays = new LinkedHashMap<>();
        for (Target target : wanted) {
            TargetArray array = TargetArray.of(target, size(), old.get(target.name()));
            if (arrays.put(target.name(), array) != null) {
                throw new IllegalArgumentException("target: " + target.name() + " is wanted twice");
            }
        }
        targets = Collections.unmodifiableMap(arrays);
    }

    /** Says what the rows are: batch {@code index} of {@code epoch}, of which the first {@code valid} count. */
    public void fill(long ofEpoch, int ofIndex, int validRows) {
        this.epoch = ofEpoch;
        this.index = ofIndex;
        this.valid = validRows;
        this.isDecoded = false;
    }

    /**
     * Writes all of a row but the picture itself: label, index, targets, and what {@link #annotations} and {@link #placement} tell.
     *
     * @param sample not larger than the batch's pictures
     * @param number of the sample in its data set
     */
    public void describe(int row, Sample sample, int number, TargetEncoder encoder) {
        describe(row, sample, number, encoder, new Draw(0, 0, number));
    }

    /** The same with targets that are drawn by a key of their own. */
    public void describe(int row, Sample sample, int number, TargetEncoder encoder, Draw draw) {
        labels[row] = sample.label();
        indices[row] = number;
        rows[row] =
                new Row(sample.annotations(), sample.placement(), sample.image().size());
        targets.values().forEach(array -> array.clearRow(row));
        encoder.encode(sample, new Size(height, width), new Targets(targets, row, draw));
    }

    /** Makes a row padding: a copy of another one, or zeros if {@code from} is negative. */
    public void pad(int row, int from) {
        int length = 3 * height * width;
        if (from < 0) {
            if (table == null) {
                Arrays.fill(input, row * length, (row + 1) * length, 0);
            } else {
                Arrays.fill(samples, row * length, (row + 1) * length, (byte) 0);
            }
            targets.values().forEach(array -> array.clearRow(row));
        } else {
            Object pictures = table == null ? input : samples;
            System.arraycopy(pictures, from * length, pictures, row * length, length);
            targets.values().forEach(array -> array.copyRow(from, row));
        }
        labels[row] = from < 0 ? 0 : labels[from];
        indices[row] = -1;
        rows[row] = null;
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

    /** The normalised pictures, (N, 3, H, W); of a batch of samples looked up at the first call after it was filled. */
    public float[] input() {
        if (table != null && !isDecoded) {
            input = input.length == samples.length ? input : new float[samples.length];
            table.write(samples, input, height * width);
            isDecoded = true;
        }
        return input;
    }

    /** The samples of the pictures, (N, H, W, 3), if they are kept; {@link #values} says what each becomes. */
    public Optional<byte[]> samples() {
        return table == null ? Optional.empty() : Optional.of(samples);
    }

    /**
     * The table of samples: 256 values for each channel.
     *
     * @throws IllegalStateException if no samples are kept
     */
    public float[] values() {
        if (table == null) {
            throw new IllegalStateException("the pictures of this batch are normalised");
        }
        return table.values();
    }

    /** The class of each row, (N). */
    public int[] labels() {
        return labels;
    }

    /** The wanted probability of each class in each row, (N, classes), under Mixup or CutMix. */
    public Optional<float[]> softLabels() {
        return Optional.ofNullable(softLabels);
    }

    /** What the loader's {@link TargetEncoder} made, by name, in its order. */
    public Map<String, TargetArray> targets() {
        return targets;
    }

    /** The objects and pixels of a row in the coordinates of its picture in the batch; nothing in padding or without an encoder. */
    public Annotations annotations(int row) {
        return rows[row] == null ? Annotations.NONE : rows[row].annotations();
    }

    /**
     * Where the pixels of a row came from.
     *
     * @throws IllegalArgumentException if the row is padding
     */
    public Placement placement(int row) {
        return described(row).placement();
    }

    /**
     * The size of a row's picture without the zeros below and right of it.
     *
     * @throws IllegalArgumentException if the row is padding
     */
    public Size pictureSize(int row) {
        return described(row).size();
    }

    private Row described(int row) {
        if (rows[row] == null) {
            throw new IllegalArgumentException("row " + row + " is padding");
        }
        return rows[row];
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
