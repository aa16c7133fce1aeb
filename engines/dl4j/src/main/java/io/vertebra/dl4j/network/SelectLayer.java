package io.vertebra.dl4j.network;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** Channels that a list names. */
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
        return graph.gather(x, graph.constant(Nd4j.createFromArray(index)), 1);
    }

    @Override
    public InputType getOutputType(int layer, InputType input) {
        return input instanceof InputType.InputTypeConvolutional map
                ? InputType.convolutional(map.getHeight(), map.getWidth(), index.length)
                : InputType.feedForward(index.length);
    }
}
