package io.vertebra.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/** How ND4J computes one operator. Stateless: what a pass has stands in its frame. */
interface Kernel {

    /** Computes the operator's value, an array of its own or the only input itself. */
    INDArray forward(Frame frame);

    /**
     * Writes the gradient of each input that {@linkplain Frame#wants wants} one and of each trained parameter, every
     * element of them.
     *
     * @param dy the gradient of the value; only read
     */
    void backward(Frame frame, INDArray dy);
}
