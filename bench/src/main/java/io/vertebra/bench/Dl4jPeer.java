package io.vertebra.bench;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** ResNet-50 v1.5 of stock DL4J layers, fp32, workspaces on. */
final class Dl4jPeer implements Contestant {
    private static final int[] DEPTHS = {3, 4, 6, 3};

    private final ComputationGraph network;
    private final DataSet batch;
    private final boolean training;

    Dl4jPeer(int batch, int size, boolean training) {
        this.training = training;
        network = new ComputationGraph(new Builder().build(size));
        network.init();
        INDArray x = Nd4j.create(Pixels.of(batch * 3 * size * size), new int[] {batch, 3, size, size}, 'c');
        INDArray y = Nd4j.zeros(DataType.FLOAT, batch, 1000);
        int[] labels = Pixels.labels(batch);
        for (int i = 0; i < batch; i++) {
            y.putScalar(i, labels[i], 1);
        }
        this.batch = new DataSet(x, y);
    }

    @Override
    public String name() {
        return "dl4j fp32";
    }

    @Override
    public void run() {
        if (training) {
            network.fit(batch);
        } else {
            network.outputSingle(batch.getFeatures());
        }
    }

    /** The network, block by block. */
    private static final class Builder {
        private final GraphBuilder graph = new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.FLOAT)
                .updater(new Nesterovs(0.01, 0.9))
                .l2(1e-4)
                .weightInit(WeightInit.RELU)
                .convolutionMode(ConvolutionMode.Truncate)
                .trainingWorkspaceMode(WorkspaceMode.ENABLED)
                .inferenceWorkspaceMode(WorkspaceMode.ENABLED)
                .graphBuilder()
                .addInputs("input");

        org.deeplearning4j.nn.conf.ComputationGraphConfiguration build(int size) {
            convolution("stem", "input", 3, 64, 7, 2, true);
            graph.addLayer(
                    "pool",
                    new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                            .kernelSize(3, 3)
                            .stride(2, 2)
                            .padding(1, 1)
                            .build(),
                    "stem.norm");
            String x = "pool";
            int in = 64;
            for (int stage = 0; stage < DEPTHS.length; stage++) {
                for (int i = 0; i < DEPTHS[stage]; i++) {
                    x = bottleneck("layer" + (stage + 1) + "." + i, x, in, 64 << stage, i == 0 && stage > 0 ? 2 : 1);
                    in = 256 << stage;
                }
            }
            graph.addLayer("mean", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), x);
            graph.addLayer(
                    "fc",
                    new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                            .nIn(2048)
                            .nOut(1000)
                            .activation(Activation.SOFTMAX)
                            .build(),
                    "mean");
            return graph.setOutputs("fc")
                    .setInputTypes(InputType.convolutional(size, size, 3))
                    .build();
        }

        private String bottleneck(String name, String x, int in, int width, int stride) {
            String y = convolution(name + ".conv1", x, in, width, 1, 1, true);
            y = convolution(name + ".conv2", y, width, width, 3, stride, true);
            y = convolution(name + ".conv3", y, width, 4 * width, 1, 1, false);
            boolean same = in == 4 * width && stride == 1;
            String shortcut = same ? x : convolution(name + ".downsample", x, in, 4 * width, 1, stride, false);
            graph.addVertex(name + ".add", new ElementWiseVertex(ElementWiseVertex.Op.Add), y, shortcut);
            graph.addLayer(name + ".relu", new ActivationLayer(Activation.RELU), name + ".add");
            return name + ".relu";
        }

        private String convolution(String name, String x, int in, int out, int kernel, int stride, boolean relu) {
            graph.addLayer(
                    name,
                    new ConvolutionLayer.Builder(kernel, kernel)
                            .nIn(in)
                            .nOut(out)
                            .stride(stride, stride)
                            .padding(kernel / 2, kernel / 2)
                            .hasBias(false)
                            .activation(Activation.IDENTITY)
                            .build(),
                    x);
            graph.addLayer(
                    name + ".norm",
                    new BatchNormalization.Builder()
                            .nIn(out)
                            .nOut(out)
                            .activation(relu ? Activation.RELU : Activation.IDENTITY)
                            .build(),
                    name);
            return name + ".norm";
        }
    }
}
