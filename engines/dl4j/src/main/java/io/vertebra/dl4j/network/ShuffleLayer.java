package io.vertebra.dl4j.network;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** Channels of several groups dealt out in turn. */
public final class ShuffleLayer extends FixedLayer {
    private static final long serialVersionUID = 1L;

    @JsonProperty
    private int groups;

    private ShuffleLayer() {}

    ShuffleLayer(int groups) {
        this.groups = groups;
    }

    @Override
    public SDVariable defineLayer(SameDiff graph, SDVariable x) {
        long[] shape = x.getShape();
        return x.reshape(-1, groups, shape[1] / groups, shape[2], shape[3])
                .permute(0, 2, 1, 3, 4)
                .reshape(-1, shape[1], shape[2], shape[3]);
    }

    @Override
    public InputType getOutputType(int layer, InputType input) {
        return input;
    }
}
