package io.vertebra.backbones;

import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.DropPath;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.ParameterSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What tests of one family ask of a network's layers. */
final class Layers {
    private Layers() {}

    /** The classifier of a variant with some options. */
    static Graph graph(String variant, Record config) {
        return Networks.classifier(Networks.get(variant).with(config), 1000, Conventions.DEFAULT);
    }

    /** The rates of stochastic depth by the scope of the block. */
    static Map<String, Double> dropPaths(Graph graph) {
        Map<String, Double> rates = new LinkedHashMap<>();
        for (Node node : graph.nodes()) {
            if (node.op() instanceof DropPath drop) {
                rates.put(node.name().replace(".drop_path", ""), drop.rate());
            }
        }
        return rates;
    }

    /** The depthwise convolutions as {@code stride/dilation}, in order. */
    static List<String> depthwise(Graph graph) {
        return graph.nodes().stream()
                .map(Node::op)
                .filter(op -> op instanceof Convolution conv && conv.groups() > 1)
                .map(Convolution.class::cast)
                .map(c -> c.stride().height() + "/" + c.dilation().height())
                .toList();
    }

    /** The convolutions whose windows reach beyond the map. */
    static List<Convolution> padded(Graph graph) {
        return all(graph, Convolution.class).stream()
                .filter(c -> c.kernel().height() > 1)
                .toList();
    }

    /** The operators of one kind. */
    static <O extends Op> List<O> all(Graph graph, Class<O> kind) {
        return graph.nodes().stream()
                .map(Node::op)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    /** How parameters begin, by name. */
    static Map<String, Initializer> initializers(Graph graph) {
        return graph.parameters().stream().collect(Collectors.toMap(ParameterSpec::name, ParameterSpec::initializer));
    }
}
