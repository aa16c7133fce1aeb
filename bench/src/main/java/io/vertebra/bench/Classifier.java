package io.vertebra.bench;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Concat;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.heads.Models;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A classifier that everyone runs, on pictures of the size that its counts are given for.
 *
 * @param name among the built-in models
 * @param side of the pictures
 */
record Classifier(String name, int side) {

    static Classifier of(String name) {
        return new Classifier(name, Models.builtIn().inputSize(name));
    }

    /** Logits, or the loss of a training step. */
    Graph graph(boolean training) {
        var model = Models.builtIn().get(name);
        return training
                ? model.training(new SoftmaxCrossEntropy(0, SoftmaxCrossEntropy.IGNORE), false)
                : model.inference().withOutputs("logits");
    }

    /** The names of its concatenations. */
    Set<String> joins() {
        return graph(false).nodes().stream()
                .filter(node -> node.op() instanceof Concat)
                .map(Node::name)
                .collect(Collectors.toSet());
    }

    Shape shape(int batch) {
        return Shape.of(batch, 3, side, side);
    }

    Tensor.Floats images(int batch) {
        return Tensor.of(Pixels.of(batch * 3 * side * side), batch, 3, side, side);
    }

    /** What a session is fed. */
    Batch feed(boolean training, int batch) {
        return training ? Batch.of(images(batch), Tensor.of(Pixels.labels(batch), batch)) : Batch.of(images(batch));
    }
}
