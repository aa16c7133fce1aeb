package io.vertebra.dl4j.network;

import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** Every cell scaled to length 1 over its channels, then by a learnt factor a channel. */
public final class CellLengthLayer extends ParameterLayer {
    private static final long serialVersionUID = 1L;

    @JsonProperty
    private double epsilon;

    private CellLengthLayer() {}

    CellLengthLayer(int channels, double epsilon) {
        super(channels, 4, false);
        this.epsilon = epsilon;
    }

    /** The least length is taken before the root, whose slope at 0 is infinite. */
    @Override
    public SDVariable defineLayer(SameDiff graph, SDVariable x, Map<String, SDVariable> parameters, SDVariable mask) {
        SDVariable least = graph.constant((float) (epsilon * epsilon));
        SDVariable squares = graph.math().max(x.mul(x).sum(true, 1), least);
        return x.div(graph.math().sqrt(squares)).mul(parameters.get(WEIGHT));
    }
}
