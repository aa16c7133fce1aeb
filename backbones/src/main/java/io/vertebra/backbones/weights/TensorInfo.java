package io.vertebra.backbones.weights;

import java.util.List;

/** What a weight file says of one tensor: its name there, element type and shape. */
public record TensorInfo(String name, DType type, List<Integer> shape) {

    /** Keeps its own copy of the shape. */
    public TensorInfo {
        shape = List.copyOf(shape);
    }

    /** Number of elements; 1 for a scalar. */
    public long elements() {
        return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }

    /** The shape as an array of its own. */
    public int[] dimensions() {
        return shape.stream().mapToInt(Integer::intValue).toArray();
    }
}
