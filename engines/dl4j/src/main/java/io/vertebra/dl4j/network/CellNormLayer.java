package io.vertebra.dl4j.network;

import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** Layer norm over the channels of every cell, with the ε that ND4J's own leaves out. */
public final class CellNormLayer extends ParameterLayer {
    private static final long serialVersionUID = 1L;

    @JsonProperty
    private double epsilon;

    private CellNormLayer() {}

    CellNormLayer(int channels, int rank, double epsilon) {
        super(channels, rank, true);
        this.epsilon = epsilon;
    }

    @Override
    public SDVariable defineLayer(SameDiff graph, SDVariable x, Map<String, SDVariable> parameters, SDVariable mask) {
        SDVariable centred = x.sub(x.mean(true, 1));
        SDVariable variance = centred.mul(centred).mean(true, 1);
        SDVariable normed = centred.div(graph.math().sqrt(variance.add(epsilon)));
        return normed.mul(parameters.get(WEIGHT)).add(parameters.get(BIAS));
    }
}
