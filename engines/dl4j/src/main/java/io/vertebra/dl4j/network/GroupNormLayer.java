package io.vertebra.dl4j.network;

import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** Group norm. */
public final class GroupNormLayer extends ParameterLayer {
    private static final long serialVersionUID = 1L;

    @JsonProperty
    private int groups;

    @JsonProperty
    private double epsilon;

    private GroupNormLayer() {}

    GroupNormLayer(int channels, int groups, double epsilon) {
        super(channels, 4, true);
        this.groups = groups;
        this.epsilon = epsilon;
    }

    @Override
    public SDVariable defineLayer(SameDiff graph, SDVariable x, Map<String, SDVariable> parameters, SDVariable mask) {
        long[] shape = x.getShape();
        SDVariable rows = x.reshape(-1, groups, channels() / groups * shape[2] * shape[3]);
        SDVariable centred = rows.sub(rows.mean(true, 2));
        SDVariable variance = centred.mul(centred).mean(true, 2);
        SDVariable normed = centred.div(graph.math().sqrt(variance.add(epsilon)));
        return normed.reshape(-1, channels(), shape[2], shape[3])
                .mul(parameters.get(WEIGHT))
                .add(parameters.get(BIAS));
    }
}
