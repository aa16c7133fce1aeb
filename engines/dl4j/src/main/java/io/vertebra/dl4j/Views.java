package io.vertebra.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Parts of arrays, without copies. */
final class Views {
    private Views() {}

    /** All elements of a row-major array in another shape. */
    static INDArray reshape(INDArray array, long... shape) {
        return array.reshape('c', shape);
    }

    /** The elements from an offset on of a whole row-major array, in a shape. */
    static INDArray slice(INDArray array, long offset, long... shape) {
        return Nd4j.create(array.data(), shape, Nd4j.getStrides(shape, 'c'), offset, 'c');
    }

    /** One sample of a batch, in a shape. */
    static INDArray sample(INDArray array, long n, long... shape) {
        return slice(array, n * (array.length() / array.size(0)), shape);
    }

    /** The rows and columns of all maps that begin at a cell. */
    static INDArray region(INDArray maps, long top, long left, long height, long width) {
        return maps.get(
                NDArrayIndex.all(),
                NDArrayIndex.all(),
                NDArrayIndex.interval(top, top + height),
                NDArrayIndex.interval(left, left + width));
    }

    /** Some channels, of maps or of vectors. */
    static INDArray channels(INDArray array, long first, long count) {
        INDArrayIndex[] index = new INDArrayIndex[array.rank()];
        for (int axis = 0; axis < index.length; axis++) {
            index[axis] = axis == 1 ? NDArrayIndex.interval(first, first + count) : NDArrayIndex.all();
        }
        return array.get(index);
    }
}
