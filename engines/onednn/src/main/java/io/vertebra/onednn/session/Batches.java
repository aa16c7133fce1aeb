package io.vertebra.onednn.session;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Shape;
import java.util.LinkedHashMap;
import java.util.Map;

/** Checks what a caller hands in, once, at the door. */
final class Batches {
    private Batches() {}

    /** The shapes of the graph's inputs in a batch. */
    static Map<String, Shape> shapes(Graph graph, Batch batch) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        for (Node node : graph.inputs()) {
            Tensor tensor = batch.inputs().get(node.name());
            if (tensor == null) {
                throw new GraphException(node.name(), "is an input that was not given");
            }
            boolean wantsInts = ((Input) node.op()).type() == DataType.I32;
            if (wantsInts != tensor instanceof Tensor.Ints) {
                throw new GraphException(
                        node.name(), wantsInts ? "must be integers, is floats" : "must be floats, is integers");
            }
            shapes.put(node.name(), tensor.shape());
        }
        return shapes;
    }

    /** Checks the gradients of outputs against the shapes of the outputs. */
    static void checkGradients(Graph graph, Map<String, Shape> inputs, Map<String, Tensor.Floats> gradients) {
        java.util.List<Shape> shapes = graph.shapes(inputs);
        gradients.forEach((name, gradient) -> {
            Shape wanted = shapes.get(graph.output(name).index());
            if (!wanted.equals(gradient.shape())) {
                throw new GraphException(
                        "grad." + name, "has the shape " + gradient.shape() + ", the output has " + wanted);
            }
        });
    }
}
