package io.vertebra.dl4j.network;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Channels that a list names: the product with a matrix of zeros and ones, which is exact. SameDiff's {@code gather} has a
 * wrong gradient.
 */
public final class SelectLayer extends FixedLayer {
    private static final long serialVersionUID = 1L;

    @JsonProperty
    private int[] index;

    private SelectLayer() {}

    SelectLayer(int... index) {
        this.index = index.clone();
    }

    @Override
    public SDVariable defineLayer(SameDiff graph, SDVariable x) {
        long[] shape = x.getShape();
        INDArray chosen = Nd4j.zeros(DataType.FLOAT, shape[1], index.length);
        for (int j = 0; j < index.length; j++) {
            chosen.putScalar(index[j], j, 1);
        }
        SDVariable matrix = graph.constant(chosen);
        if (shape.length == 2) {
            return x.mmul(matrix);
        }
        return x.permute(0, 2, 3, 1)
                .reshape(-1, shape[1])
                .mmul(matrix)
                .reshape(-1, shape[2], shape[3], index.length)
                .permute(0, 3, 1, 2);
    }

    @Override
    public InputType getOutputType(int layer, InputType input) {
        return input instanceof InputType.InputTypeConvolutional map
                ? InputType.convolutional(map.getHeight(), map.getWidth(), index.length)
                : InputType.feedForward(index.length);
    }
}
