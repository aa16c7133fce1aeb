package io.vertebra.datasets;

import java.util.ArrayList;
import java.util.List;

/** The values of one target for all rows of a batch; the arrays are the batch's own and as long as the extents say. */
public final class TargetArray {

    private final Target row;
    private final int rows;
    private final int[] ints;
    private final float[] floats;

    private TargetArray(Target row, int rows, int[] ints, float[] floats) {
        this.row = row;
        this.rows = rows;
        this.ints = ints;
        this.floats = floats;
    }

    /** Room for that many rows, all values 0; takes over the arrays of {@code old} where they fit, whatever is in them. */
    static TargetArray of(Target row, int rows, TargetArray old) {
        int length = Math.multiplyExact(rows, row.length());
        boolean whole = row.type() == Target.Type.I32;
        boolean fits = old != null && old.row.type() == row.type() && old.length() == length;
        return new TargetArray(
                row,
                rows,
                whole ? (fits ? old.ints : new int[length]) : null,
                whole ? null : (fits ? old.floats : new float[length]));
    }

    /** The name of the graph's input. */
    public String name() {
        return row.name();
    }

    /** The kind of numbers. */
    public Target.Type type() {
        return row.type();
    }

    /** The extents, the batch first. */
    public List<Integer> extents() {
        List<Integer> extents = new ArrayList<>();
        extents.add(rows);
        extents.addAll(row.extents());
        return extents;
    }

    /** The whole numbers, row by row. */
    public int[] ints() {
        require(ints != null);
        return ints;
    }

    /** The floating point numbers, row by row. */
    public float[] floats() {
        require(floats != null);
        return floats;
    }

    /** How many values a row has. */
    public int rowLength() {
        return row.length();
    }

    private int length() {
        return ints == null ? floats.length : ints.length;
    }

    private void require(boolean holds) {
        if (!holds) {
            throw new IllegalStateException("target " + name() + " is " + type());
        }
    }

    /** Makes a row a copy of another one. */
    void copyRow(int from, int to) {
        int length = row.length();
        Object values = ints == null ? floats : ints;
        System.arraycopy(values, from * length, values, to * length, length);
    }

    /** Sets a row to 0. */
    void clearRow(int index) {
        int from = index * row.length();
        if (ints == null) {
            java.util.Arrays.fill(floats, from, from + row.length(), 0);
        } else {
            java.util.Arrays.fill(ints, from, from + row.length(), 0);
        }
    }
}
