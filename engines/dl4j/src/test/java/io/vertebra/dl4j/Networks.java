package io.vertebra.dl4j;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.engine.Update;
import io.vertebra.graph.op.Activation.Function;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Small networks and their batches. */
final class Networks {
    static final int CLASSES = 5;

    private Networks() {}

    /** Two convolutions with a shortcut, all of it an output; a classifier and its loss. */
    static Graph classifier() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.relu(g.batchNorm("bn1", g.conv("conv1", g.image(3, Shape.ANY, Shape.ANY), Conv.of(3, 8))));
        Node y = g.batchNorm("bn2", g.conv("conv2", x, Conv.of(3, 8)));
        Node sum = g.relu(g.add(x, y));
        g.output("pyramid.1", x);
        g.output("pyramid.2", sum);
        Node logits = g.linear("fc", g.dropout(g.globalAveragePool(sum), 0.25), CLASSES);
        g.output("logits", logits);
        Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
        g.output(
                "loss",
                g.softmaxCrossEntropy(logits, labels, new SoftmaxCrossEntropy(0.1, SoftmaxCrossEntropy.IGNORE)));
        return g.build();
    }

    /** ResNet with bottlenecks, smooth: SiLU and average pooling in place of what has kinks. */
    static Graph smoothResNet(int... depths) {
        GraphBuilder g = new GraphBuilder();
        Node x = unit(
                g,
                "conv1",
                "bn1",
                g.image(3, Shape.ANY, Shape.ANY),
                Conv.of(7, 16).stride(4));
        for (int stage = 0; stage < depths.length; stage++) {
            for (int i = 0; i < depths[stage]; i++) {
                x = bottleneck(g.in("layer" + (stage + 1), i), x, 8 << stage, i == 0 && stage > 0 ? 2 : 1, i == 0);
            }
        }
        g.output("logits", g.linear("fc", g.globalAveragePool(x), 10));
        return g.build();
    }

    private static Node bottleneck(GraphBuilder g, Node x, int channels, int stride, boolean first) {
        Node y = unit(g, "conv1", "bn1", x, Conv.of(1, channels));
        y = unit(g, "conv2", "bn2", y, Conv.of(3, channels).stride(stride));
        y = g.batchNorm("bn3", g.conv("conv3", y, Conv.of(1, 4 * channels)));
        Node shortcut = first
                ? g.batchNorm(
                        "downsample.1",
                        g.conv("downsample.0", x, Conv.of(1, 4 * channels).stride(stride)))
                : x;
        return g.activation(Function.SILU, g.add(y, shortcut));
    }

    private static Node unit(GraphBuilder g, String conv, String norm, Node x, Conv op) {
        return g.activation(Function.SILU, g.batchNorm(norm, g.conv(conv, x, op)));
    }

    static Parameters parameters(Graph graph) {
        return Parameters.initialize(graph, 1);
    }

    static Tensor.Floats picture(int n, int side) {
        return normal(n, 3, side, side);
    }

    static Tensor.Floats normal(int... extents) {
        SplittableRandom random = new SplittableRandom(extents.length);
        Shape shape = Shape.of(extents);
        float[] data = new float[(int) shape.elements()];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) random.nextGaussian();
        }
        return new Tensor.Floats(shape, data);
    }

    /** The same number everywhere. */
    static Tensor.Floats filled(Tensor.Floats like, float value) {
        float[] data = new float[like.data().length];
        Arrays.fill(data, value);
        return new Tensor.Floats(like.shape(), data);
    }

    /** Pictures of a side, with labels 0, 1, ... */
    static Batch batch(int n, int side) {
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            labels[i] = i % CLASSES;
        }
        return Batch.of(picture(n, side), Tensor.of(labels, n));
    }

    /** Momentum, clipping and a moving average. */
    static Options training(Graph graph) {
        return training(graph, Groups.all(graph, 1e-4));
    }

    static Options training(Graph graph, Groups groups) {
        return Options.training(Precision.FP32, new Update(new Optimizer.Sgd(0.9, false), 5, 0.5), groups, 3);
    }

    /** Before the first step. */
    static TrainingState fresh(Graph graph, Options options) {
        return TrainingState.fresh(graph, parameters(graph), options.update(), options.groups());
    }
}
