package io.vertebra.graph.op;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The extents of a tensor: (N, C, H, W) for maps, (N, C) for vectors, () for a scalar.
 *
 * <p>An extent may be {@link #ANY}, not known before a plan is compiled: the batch size always, height and width where
 * a network takes pictures of every size.
 *
 * @param extents one number an axis, at least 0, or {@link #ANY}
 */
public record Shape(List<Integer> extents) {

    /** An extent that is known only when a plan is compiled. */
    public static final int ANY = -1;

    /** Checks the extents. */
    public Shape {
        extents = List.copyOf(extents);
        for (int extent : extents) {
            Check.that(extent >= ANY, "shape", "has the extent %d", extent);
        }
    }

    /** A shape of these extents. */
    public static Shape of(int... extents) {
        return new Shape(Arrays.stream(extents).boxed().toList());
    }

    /** The number of axes. */
    public int rank() {
        return extents.size();
    }

    /** The extent of an axis. */
    public int get(int axis) {
        return extents.get(axis);
    }

    /** The batch size. */
    public int n() {
        return get(0);
    }

    /** The channels. */
    public int c() {
        return get(1);
    }

    /** The height, 1 where there is none. */
    public int h() {
        return rank() > 2 ? get(2) : 1;
    }

    /** The width, 1 where there is none. */
    public int w() {
        return rank() > 3 ? get(3) : 1;
    }

    /** The same shape with another extent at an axis. */
    public Shape with(int axis, int extent) {
        int[] changed = toArray();
        changed[axis] = extent;
        return of(changed);
    }

    /** Whether every extent is known. */
    public boolean isKnown() {
        return !extents.contains(ANY);
    }

    /** The number of elements; every extent must be known. */
    public long elements() {
        Check.that(isKnown(), "shape", "%s has no number of elements before its sizes are known", this);
        long product = 1;
        for (int extent : extents) {
            product = Math.multiplyExact(product, extent);
        }
        return product;
    }

    /** The extents as an array of their own. */
    public int[] toArray() {
        return extents.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public String toString() {
        return extents.stream().map(e -> e == ANY ? "?" : e.toString()).collect(Collectors.joining(", ", "(", ")"));
    }
}
