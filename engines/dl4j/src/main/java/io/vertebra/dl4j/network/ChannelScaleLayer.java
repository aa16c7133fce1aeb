package io.vertebra.dl4j.network;

import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** A learnt factor a channel, and perhaps a learnt shift. */
public final class ChannelScaleLayer extends ParameterLayer {
    private static final long serialVersionUID = 1L;

    private ChannelScaleLayer() {}

    ChannelScaleLayer(int channels, int rank, boolean shifts) {
        super(channels, rank, shifts);
    }

    @Override
    public SDVariable defineLayer(SameDiff graph, SDVariable x, Map<String, SDVariable> parameters, SDVariable mask) {
        SDVariable scaled = x.mul(parameters.get(WEIGHT));
        return shifts() ? scaled.add(parameters.get(BIAS)) : scaled;
    }
}
