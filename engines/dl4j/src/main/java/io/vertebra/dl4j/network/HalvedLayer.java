package io.vertebra.dl4j.network;

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
 * A SameDiff layer whose gradients are right. Those of DL4J 1.0.0-M2.1, its last release, are twice what they should be:
 * {@code ExternalErrorsFunction.doDiff} sets the gradient of the output and also returns it, and SameDiff adds the two.
 */
final class HalvedLayer extends SameDiffLayer {
    private static final long serialVersionUID = 1L;

    private HalvedLayer(NeuralNetConfiguration configuration, DataType type) {
        super(configuration, type);
    }

    /** What {@code instantiate} of SameDiff layers' configurations makes. */
    static HalvedLayer of(
            NeuralNetConfiguration configuration,
            int index,
            INDArray parameters,
            ParamInitializer initializer,
            boolean initialize,
            DataType type) {
        HalvedLayer layer = new HalvedLayer(configuration, type);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer.init(configuration, parameters, initialize));
        return layer;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        INDArray half = workspaces.dup(ArrayType.BP_WORKING_MEM, epsilon).muli(0.5);
        return super.backpropGradient(half, workspaces);
    }
}
