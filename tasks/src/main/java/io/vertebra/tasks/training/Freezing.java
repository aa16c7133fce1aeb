package io.vertebra.tasks.training;

import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.heads.Stages;
import io.vertebra.tasks.config.FreezeConfig;
import io.vertebra.tasks.config.TrainConfig;
import java.util.HashMap;
import java.util.Map;

/** What is trained, and how fast: frozen stages, frozen norm statistics, weight decay, layer-wise rates. */
final class Freezing {
    private Freezing() {}

    /** The same graph, in which the norms of frozen stages, or all of them, use and keep their running statistics. */
    static Graph freezeNorms(Graph graph, Stages stages, FreezeConfig freeze) {
        if (freeze.stages() == 0 && !freeze.normStatistics()) {
            return graph;
        }
        GraphBuilder g = new GraphBuilder();
        Map<Node, Node> copies = new HashMap<>();
        Map<String, Node> owners = new HashMap<>(); // of parameters, by the beginning of their names
        for (Node node : graph.nodes()) {
            boolean frozen = freeze.normStatistics()
                    || node.parameters().stream().anyMatch(p -> stages.isBelow(freeze.stages(), p.name()));
            Op op = frozen && node.op() instanceof BatchNorm norm
                    ? new BatchNorm(norm.epsilon(), norm.momentum(), true, norm.initialScale())
                    : node.op();
            Node[] inputs = node.inputs().stream().map(copies::get).toArray(Node[]::new);
            copies.put(node, copy(node, op, inputs, owners, g));
        }
        graph.outputs().forEach((name, node) -> g.output(name, copies.get(node)));
        return g.build();
    }

    /** Of nodes that share parameters the first one is their owner, whatever it was called. */
    private static Node copy(Node node, Op op, Node[] inputs, Map<String, Node> owners, GraphBuilder g) {
        if (node.parameters().isEmpty()) {
            return g.named(node.name(), op, inputs);
        }
        Node owner = owners.get(node.scope());
        Node copy = owner == null ? g.named(node.scope(), op, inputs) : g.again(owner, inputs[0]);
        owners.putIfAbsent(node.scope(), copy);
        return copy;
    }

    /**
     * The treatment of each parameter: those of frozen stages are constants; weights decay, biases and norms do not; stage s of n
     * learns with the rate {@code layer_decay^(n − s)}, the head (stage n) with the full one.
     */
    static Groups groups(Graph graph, Stages stages, TrainConfig config) {
        return Groups.of(graph, p -> {
            if (stages.isBelow(config.freeze().stages(), p.name())) {
                return Groups.Group.FROZEN;
            }
            int stage = stages.byParameter().getOrDefault(p.name(), stages.count());
            double rate = Math.pow(config.optimizer().layerDecay(), stages.count() - stage);
            double decay =
                    p.kind() == ParameterSpec.Kind.WEIGHT ? config.optimizer().weightDecay() : 0;
            return new Groups.Group(rate, decay, true);
        });
    }
}
