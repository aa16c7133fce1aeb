package io.vertebra.dl4j.network;

import java.util.Collection;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.samediff.SDLayerParams;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** A layer with a factor a channel, and perhaps a shift, that keeps the shape of what goes in. */
abstract class ParameterLayer extends SameDiffLayer {
    static final String WEIGHT = "weight";
    static final String BIAS = "bias";

    private static final long serialVersionUID = 1L;

    @JsonProperty
    private int channels;

    @JsonProperty
    private int rank;

    @JsonProperty
    private boolean shifts;

    /** For Jackson. */
    ParameterLayer() {}

    ParameterLayer(int channels, int rank, boolean shifts) {
        this.channels = channels;
        this.rank = rank;
        this.shifts = shifts;
    }

    /** Spread over the maps that go in: (1, C, 1, 1), or (1, C) of vectors. */
    private long[] shape() {
        return rank == 4 ? new long[] {1, channels, 1, 1} : new long[] {1, channels};
    }

    final int channels() {
        return channels;
    }

    final boolean shifts() {
        return shifts;
    }

    @Override
    public void defineParameters(SDLayerParams parameters) {
        parameters.addWeightParam(WEIGHT, shape());
        if (shifts) {
            parameters.addBiasParam(BIAS, shape());
        }
    }

    @Override
    public void initializeParameters(Map<String, INDArray> parameters) {
        parameters.get(WEIGHT).assign(1);
        if (shifts) {
            parameters.get(BIAS).assign(0);
        }
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration configuration,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType type) {
        return MendedLayer.of(configuration, index, parameters, initializer(), initialize, type);
    }

    @Override
    public InputType getOutputType(int layer, InputType input) {
        return input;
    }
}
