package io.vertebra.graph.op;

/**
 * A height and a width in pixels or cells.
 *
 * @param height rows
 * @param width columns
 */
public record Size(int height, int width) {

    /** A square. */
    public static Size of(int side) {
        return new Size(side, side);
    }

    /** The number of cells. */
    public long area() {
        return (long) height * width;
    }

    @Override
    public String toString() {
        return height + "x" + width;
    }
}
