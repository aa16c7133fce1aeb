package io.vertebra.backbones;

import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.MaxPool;
import io.vertebra.graph.op.Op;
import java.util.ArrayList;
import java.util.List;

/**
 * The same networks without kinks: SiLU for ReLU, ReLU6, leaky ReLU and hard swish, sigmoid for its hard form, average for max pooling.
 *
 * <p>At a kink the least rounding sends a gradient down another path: in fp32 that alone moves gradients by percents, in
 * PyTorch too, and hides what an engine does.
 */
public final class Smooth {
    private Smooth() {}

    /** The graph with the same nodes and outputs, and no kinks. */
    public static Graph of(Graph graph) {
        GraphBuilder g = new GraphBuilder();
        List<Node> nodes = new ArrayList<>();
        for (Node node : graph.nodes()) {
            Node[] inputs =
                    node.inputs().stream().map(i -> nodes.get(i.index())).toArray(Node[]::new);
            nodes.add(
                    node.scope().equals(node.name())
                            ? g.named(node.name(), smooth(node.op()), inputs)
                            : g.again(sharer(node, nodes), inputs[0]));
        }
        graph.outputs().forEach((name, node) -> g.output(name, nodes.get(node.index())));
        return g.build();
    }

    /** The node whose parameters are used too. */
    private static Node sharer(Node node, List<Node> before) {
        return before.stream()
                .filter(n -> n.name().equals(node.scope()))
                .findFirst()
                .orElseThrow();
    }

    private static Op smooth(Op op) {
        if (op instanceof Activation activation) {
            return new Activation(
                    switch (activation.function()) {
                        case RELU, RELU6, LEAKY_RELU, HARD_SWISH -> Activation.Function.SILU;
                        case HARD_SIGMOID -> Activation.Function.SIGMOID;
                        case SILU, SIGMOID, TANH, GELU -> activation.function();
                    });
        }
        return op instanceof MaxPool pool
                ? new AveragePool(pool.kernel(), pool.stride(), pool.padding(), pool.ceil(), true)
                : op;
    }
}
