package io.vertebra.backbones.weights;

import java.util.List;

/** Copies a strided view into C order: PyTorch's views, and every permutation of axes. */
final class Strided {

    private Strided() {}

    /** Elements by index. */
    @FunctionalInterface
    interface Source {
        /** The element at an index. */
        float at(long index);
    }

    /** Elements {@code source[offset + Σ index[k] · strides[k]]} with the last index fastest. */
    static float[] gather(Source source, long offset, List<Integer> shape, List<Long> strides) {
        int rank = shape.size();
        int count = shape.stream().reduce(1, Math::multiplyExact);
        float[] target = new float[count];
        int[] index = new int[rank];
        long from = offset;
        for (int i = 0; i < count; i++) {
            target[i] = source.at(from);
            for (int axis = rank - 1; axis >= 0; axis--) {
                from += strides.get(axis);
                if (++index[axis] < shape.get(axis)) {
                    break;
                }
                from -= strides.get(axis) * shape.get(axis);
                index[axis] = 0;
            }
        }
        return target;
    }
}
