package io.vertebra.cuda.driver;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.Type;
import java.util.List;

/**
 * How cuDNN sees a map or a filter: sizes as (N, C, H, W) or (K, C, R, S), while the channels lie last in memory.
 *
 * @param id by which its address is given; for virtual ones any other number
 * @param isVirtual whether it exists only inside a graph
 * @param pitch elements from a cell to the next
 */
record Tensor(long id, Type type, List<Long> sizes, boolean isVirtual, long pitch) {
    /** What {@code bind} is asked to keep, and engines may rely on. */
    static final int ALIGNMENT = 16;

    /** Without gaps between cells. */
    Tensor(long id, Type type, List<Long> sizes, boolean isVirtual) {
        this(id, type, sizes, isVirtual, sizes.get(1));
    }

    /** The same in cells of so many elements. */
    Tensor inCellsOf(int elements) {
        return new Tensor(id, type, sizes, isVirtual, elements);
    }

    /** Elements from one index to the next along each axis. */
    long[] strides() {
        long row = sizes.get(3) * pitch;
        return new long[] {sizes.get(2) * row, 1, row, pitch};
    }

    /** How many numbers. */
    long elements() {
        return sizes.stream().reduce(1L, Math::multiplyExact);
    }

    /** Of its own elements. */
    long bytes() {
        return elements() * type.bytes();
    }

    static Tensor x(ConvolutionSpec spec, long id) {
        return new Tensor(id, spec.in(), sizes(spec.n(), spec.c(), spec.h(), spec.w()), false);
    }

    static Tensor w(ConvolutionSpec spec, long id, Type type) {
        long channels = spec.c() / spec.geometry().groups();
        return new Tensor(id, type, sizes(spec.k(), channels, spec.r(), spec.s()), false);
    }

    static Tensor y(ConvolutionSpec spec, long id, Type type, boolean isVirtual) {
        return new Tensor(id, type, sizes(spec.n(), spec.k(), spec.outH(), spec.outW()), isVirtual);
    }

    static Tensor bias(ConvolutionSpec spec, long id, Type type) {
        return new Tensor(id, type, sizes(1, spec.k(), 1, 1), false);
    }

    private static List<Long> sizes(long first, long channels, long rows, long columns) {
        return List.of(first, channels, rows, columns);
    }
}
