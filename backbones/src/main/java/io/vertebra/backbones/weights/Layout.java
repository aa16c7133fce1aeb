package io.vertebra.backbones.weights;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** How a file orders the axes of a weight; each can be brought to PyTorch's order (out, in, height, width). */
public enum Layout {
    /** As PyTorch has it. */
    @JsonProperty("same")
    SAME(0),
    /** (height, width, in, out): TensorFlow and Keras convolutions. */
    @JsonProperty("hwio")
    HWIO(4, 3, 2, 0, 1),
    /** (out, height, width, in): TensorFlow Lite convolutions. */
    @JsonProperty("ohwi")
    OHWI(4, 0, 3, 1, 2),
    /** (height, width, in, multiplier): TensorFlow and Keras depthwise convolutions → (in · multiplier, 1, height, width). */
    @JsonProperty("hwim")
    HWIM(4, 2, 3, 0, 1),
    /** (1, height, width, out): TensorFlow Lite depthwise convolutions → (out, 1, height, width). */
    @JsonProperty("1hwc")
    ONE_HWC(4, 3, 0, 1, 2),
    /** (in, out): TensorFlow and Keras dense layers → (out, in). */
    @JsonProperty("io")
    IO(2, 1, 0),
    /** (1, 1, in, out) of a convolution that is a dense layer for us → (out, in). */
    @JsonProperty("hwio_linear")
    HWIO_LINEAR(4, 3, 2, 0, 1),
    /** (out, 1, 1, in) of a convolution that is a dense layer for us → (out, in). */
    @JsonProperty("ohwi_linear")
    OHWI_LINEAR(4, 0, 3, 1, 2),
    /** (out, in) of a dense layer that is a 1×1 convolution for us, or that convolution → (out, in, 1, 1). */
    @JsonProperty("pointwise")
    POINTWISE(2),
    /** (out, in, 1, 1) of a 1×1 convolution that is a dense layer for us → (out, in). */
    @JsonProperty("linear")
    LINEAR(2),
    /** (channels, 1, 1): a factor a channel, ready to be broadcast → (channels). */
    @JsonProperty("vector")
    VECTOR(1);

    /** Extents of a file's weight; of those that only lose or gain extents of one at the end: the others. */
    private final int rank;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<Integer> axes;

    Layout(int rank, Integer... axes) {
        this.rank = rank;
        this.axes = List.of(axes);
    }

    /** Whether a weight of this shape can have this layout. */
    boolean fits(List<Integer> shape) {
        return switch (this) {
            case SAME -> true;
            case POINTWISE -> shape.size() == rank || (shape.size() == rank + 2 && endsInOnes(shape));
            case LINEAR, VECTOR -> shape.size() == rank + 2 && endsInOnes(shape);
            case ONE_HWC -> shape.size() == rank && shape.get(0) == 1;
            case HWIO_LINEAR -> shape.size() == rank && shape.get(0) == 1 && shape.get(1) == 1;
            case OHWI_LINEAR -> shape.size() == rank && shape.get(1) == 1 && shape.get(2) == 1;
            default -> shape.size() == rank;
        };
    }

    private boolean endsInOnes(List<Integer> shape) {
        return shape.subList(rank, shape.size()).stream().allMatch(extent -> extent == 1);
    }

    /** Whether the values stand in the file as PyTorch has them. */
    private boolean keepsOrder() {
        return axes.isEmpty();
    }

    /** The shape that PyTorch would give the weight. */
    List<Integer> shape(List<Integer> shape) {
        if (keepsOrder()) {
            return switch (this) {
                case POINTWISE -> List.of(shape.get(0), shape.get(1), 1, 1);
                case LINEAR, VECTOR -> shape.subList(0, rank);
                default -> shape;
            };
        }
        List<Integer> moved = axes.stream().map(shape::get).toList();
        return switch (this) {
            case HWIM -> List.of(moved.get(0) * moved.get(1), 1, moved.get(2), moved.get(3));
            case HWIO_LINEAR, OHWI_LINEAR -> moved.subList(0, 2);
            default -> moved;
        };
    }

    /** The values in PyTorch's order. */
    float[] values(float[] values, List<Integer> shape) {
        if (keepsOrder()) {
            return values;
        }
        Long[] strides = new Long[rank];
        long stride = 1;
        for (int axis = rank - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= shape.get(axis);
        }
        List<Integer> moved = axes.stream().map(shape::get).toList();
        List<Long> steps = axes.stream().map(axis -> strides[axis]).toList();
        return Strided.gather(i -> values[(int) i], 0, moved, steps);
    }
}
