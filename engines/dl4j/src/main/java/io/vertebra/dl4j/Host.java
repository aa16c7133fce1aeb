package io.vertebra.dl4j;

import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.javacpp.indexer.Indexer;
import org.bytedeco.javacpp.indexer.IntIndexer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Copies between Java's arrays and whole native arrays; float64 arrays are widened and rounded on the way. */
final class Host {
    private Host() {}

    static void put(INDArray array, float[] values) {
        put(array, 0, values);
    }

    /** Writes elements from an offset on. */
    static void put(INDArray array, long offset, float[] values) {
        Indexer indexer = array.data().indexer();
        if (indexer instanceof FloatIndexer floats) {
            floats.put(offset, values, 0, values.length);
        } else {
            DoubleIndexer doubles = (DoubleIndexer) indexer;
            for (int i = 0; i < values.length; i++) {
                doubles.put(offset + i, values[i]);
            }
        }
    }

    /** Writes elements of a float64 array from an offset on. */
    static void putWide(INDArray array, long offset, double[] values) {
        ((DoubleIndexer) array.data().indexer()).put(offset, values, 0, values.length);
    }

    static void put(INDArray array, double[] values) {
        Indexer indexer = array.data().indexer();
        if (indexer instanceof DoubleIndexer) {
            putWide(array, 0, values);
        } else {
            FloatIndexer floats = (FloatIndexer) indexer;
            for (int i = 0; i < values.length; i++) {
                floats.put(i, (float) values[i]);
            }
        }
    }

    static void put(INDArray array, int[] values) {
        ((IntIndexer) array.data().indexer()).put(0, values, 0, values.length);
    }

    static void get(INDArray array, float[] into) {
        get(array, 0, into);
    }

    /** All elements; those of float64 are rounded. */
    static float[] floats(INDArray array) {
        float[] values = new float[Math.toIntExact(array.length())];
        get(array, values);
        return values;
    }

    /** Reads elements from an offset on. */
    static void get(INDArray array, long offset, float[] into) {
        Indexer indexer = array.data().indexer();
        if (indexer instanceof FloatIndexer floats) {
            floats.get(offset, into, 0, into.length);
        } else if (indexer instanceof IntIndexer ints) {
            for (int i = 0; i < into.length; i++) {
                into[i] = ints.get(offset + i);
            }
        } else {
            DoubleIndexer doubles = (DoubleIndexer) indexer;
            for (int i = 0; i < into.length; i++) {
                into[i] = (float) doubles.get(offset + i);
            }
        }
    }

    /** Reads elements of a float64 array from an offset on. */
    static void getWide(INDArray array, long offset, double[] into) {
        ((DoubleIndexer) array.data().indexer()).get(offset, into, 0, into.length);
    }

    /** All elements, widened. */
    static double[] wide(INDArray array) {
        double[] values = new double[Math.toIntExact(array.length())];
        if (array.data().indexer() instanceof FloatIndexer floats) {
            for (int i = 0; i < values.length; i++) {
                values[i] = floats.get(i);
            }
        } else {
            getWide(array, 0, values);
        }
        return values;
    }

    /** All integers. */
    static int[] ints(INDArray array) {
        int[] values = new int[Math.toIntExact(array.length())];
        ((IntIndexer) array.data().indexer()).get(0, values, 0, values.length);
        return values;
    }

    /** The first element. */
    static double first(INDArray array) {
        Indexer indexer = array.data().indexer();
        return indexer instanceof FloatIndexer floats ? floats.get(0) : ((DoubleIndexer) indexer).get(0);
    }
}
