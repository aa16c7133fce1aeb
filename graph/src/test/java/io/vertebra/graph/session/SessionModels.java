package io.vertebra.graph.session;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.engine.Update;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.op.SoftmaxCrossEntropy;

/** A small classifier of pictures of any size, and what opens it. */
final class SessionModels {
    static final int CHANNELS = 3;
    static final int CLASSES = 5;
    static final Update UPDATE = new Update(new Optimizer.Sgd(0.9, true), 1, 0.9);

    private SessionModels() {}

    /** Outputs {@code features}, {@code logits} and {@code loss}; its norm has buffers. */
    static Graph classifier() {
        return classifier(false);
    }

    /** The same with an output {@code branch} that the loss does not need: a norm of what is one value of one picture. */
    static Graph branched() {
        return classifier(true);
    }

    private static Graph classifier(boolean branches) {
        GraphBuilder g = new GraphBuilder(Conventions.DEFAULT);
        Node x = g.image(CHANNELS, Shape.ANY, Shape.ANY);
        Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
        Node features = g.globalAveragePool(g.relu(g.batchNorm("bn", g.conv("conv", x, Conv.of(3, 4)))));
        Node logits = g.linear("fc", features, CLASSES);
        g.output("features", features);
        g.output("logits", logits);
        g.output("loss", g.softmaxCrossEntropy(logits, labels, new SoftmaxCrossEntropy(0, -100)));
        if (branches) {
            g.output("branch", g.batchNorm("branch", g.adaptiveAveragePool(x, Size.of(1))));
        }
        return g.build();
    }

    static Batch pictures(int n, int size) {
        return Batch.of(Tensor.of(new float[n * CHANNELS * size * size], n, CHANNELS, size, size));
    }

    static Batch labelled(int n, int size) {
        Tensor.Floats images = Tensor.of(new float[n * CHANNELS * size * size], n, CHANNELS, size, size);
        return Batch.of(images, Tensor.of(new int[n], n));
    }

    static Options training(Graph graph) {
        return training(Groups.all(graph, 1e-3));
    }

    static Options training(Groups groups) {
        return Options.training(Precision.FP32, UPDATE, groups, 7);
    }

    /** A session of a backend, from the same parameters each time. */
    static Session open(Graph graph, Options options, RecordingBackend backend) {
        Parameters parameters = Parameters.initialize(graph, 3);
        if (options.mode() != Options.Mode.TRAINING) {
            return PlannedSession.open(graph, parameters, options, backend);
        }
        TrainingState state = TrainingState.fresh(graph, parameters, options.update(), options.groups());
        return PlannedSession.open(graph, state, options, backend);
    }
}
