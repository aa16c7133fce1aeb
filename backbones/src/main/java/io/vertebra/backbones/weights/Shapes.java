package io.vertebra.backbones.weights;

import java.util.List;

/** Sizes of tensors that a file claims, with every product checked. */
final class Shapes {

    private Shapes() {}

    /** Bytes of a tensor; a negative dimension and an overflow are faults. */
    static long bytes(FileBytes file, String place, DType type, List<Long> shape) {
        long size = type.bytes();
        for (long dimension : shape) {
            if (dimension < 0) {
                throw file.fault(place, "bad shape " + shape);
            }
        }
        if (shape.contains(0L)) {
            return 0;
        }
        try {
            for (long dimension : shape) {
                size = Math.multiplyExact(size, dimension);
            }
        } catch (ArithmeticException e) {
            throw new WeightsException(file.file(), place, "shape " + shape + " is too large", e);
        }
        if (size / type.bytes() > Integer.MAX_VALUE - 8) {
            throw file.fault(place, "shape " + shape + " is too large: more than 2^31 elements");
        }
        return size;
    }

    /** The dimensions as Java's array lengths. */
    static List<Integer> ints(FileBytes file, String place, List<Long> shape) {
        for (long dimension : shape) {
            if (dimension > Integer.MAX_VALUE) {
                throw file.fault(place, "bad shape " + shape);
            }
        }
        return shape.stream().map(Long::intValue).toList();
    }
}
