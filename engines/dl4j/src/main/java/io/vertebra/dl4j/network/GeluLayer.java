package io.vertebra.dl4j.network;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** {@code x · (1 + erf(x / √2)) / 2}. */
public final class GeluLayer extends FixedLayer {
    private static final long serialVersionUID = 1L;

    /** Has nothing to set. */
    public GeluLayer() {}

    @Override
    public SDVariable defineLayer(SameDiff graph, SDVariable x) {
        SDVariable shares = graph.math().erf(x.mul(Math.sqrt(0.5))).add(1);
        return x.mul(shares).mul(0.5);
    }

    @Override
    public InputType getOutputType(int layer, InputType input) {
        return input;
    }
}
