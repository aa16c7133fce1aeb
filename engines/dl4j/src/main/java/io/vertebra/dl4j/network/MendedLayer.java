package io.vertebra.dl4j.network;

import java.util.Arrays;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A SameDiff layer without two faults of DL4J 1.0.0-M2.1, its last release.
 *
 * <p>Gradients there are twice what they should be: {@code ExternalErrorsFunction.doDiff} sets the gradient of the output and
 * also returns it, and SameDiff adds the two. And layers are defined once, for the first pictures: sizes that they reshape to
 * would stay, and pictures of another size become a wrong number of smaller ones without a word.
 */
final class MendedLayer extends SameDiffLayer {
    private static final long serialVersionUID = 1L;

    private MendedLayer(NeuralNetConfiguration configuration, DataType type) {
        super(configuration, type);
    }

    /** What {@code instantiate} of SameDiff layers' configurations makes. */
    static MendedLayer of(
            NeuralNetConfiguration configuration,
            int index,
            INDArray parameters,
            ParamInitializer initializer,
            boolean initialize,
            DataType type) {
        MendedLayer layer = new MendedLayer(configuration, type);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer.init(configuration, parameters, initialize));
        return layer;
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        if (sameDiff != null && !isDefinedFor(input)) {
            sameDiff = null; // is defined again
        }
        return super.activate(training, workspaces);
    }

    /** The batch is free. */
    private boolean isDefinedFor(INDArray x) {
        long[] shape = x.shape().clone();
        shape[0] = -1;
        return Arrays.equals(shape, sameDiff.getVariable(INPUT_KEY).placeholderShape());
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        INDArray half = workspaces.dup(ArrayType.BP_WORKING_MEM, epsilon).muli(0.5);
        return super.backpropGradient(half, workspaces);
    }
}
