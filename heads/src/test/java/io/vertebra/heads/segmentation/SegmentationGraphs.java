package io.vertebra.heads.segmentation;

import io.vertebra.backbones.Backbones;
import io.vertebra.backbones.ResNet;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Dropout;
import io.vertebra.graph.op.Resize;
import io.vertebra.heads.Heads;
import io.vertebra.heads.Model;
import java.util.List;

/** Graphs of heads for segmentation, and what tests read off them. */
final class SegmentationGraphs {
    private SegmentationGraphs() {}

    /** A head with these options on a ResNet-18 of output stride 8, for four classes. */
    static Model model(String head, Record config) {
        return Model.of(
                Backbones.builtIn().get("resnet18", new ResNet.Config(8, null, null, null, null, null, null)),
                Heads.builtIn().get(head).with(config),
                4);
    }

    /** The convolution of a name. */
    static Convolution conv(Graph graph, String name) {
        return (Convolution) graph.node(name).op();
    }

    /** The rates of all dropouts. */
    static List<Double> dropout(Graph graph) {
        return graph.nodes().stream()
                .filter(n -> n.op() instanceof Dropout)
                .map(n -> ((Dropout) n.op()).rate())
                .toList();
    }

    /** All enlargements. */
    static List<Resize> resizes(Graph graph) {
        return graph.nodes().stream()
                .filter(n -> n.op() instanceof Resize)
                .map(n -> (Resize) n.op())
                .toList();
    }

    /** The inputs of the join whose result a node takes, by the names of the layers that made them. */
    static List<String> joined(Graph graph, String name) {
        Node concat = graph.node(name).inputs().get(0);
        return concat.inputs().stream().map(SegmentationGraphs::layer).toList();
    }

    /** The layer that made what another one takes, by its name. */
    static String source(Graph graph, String name) {
        return layer(graph.node(name).inputs().get(0));
    }

    /** The nearest convolution at or before a node, by its name. */
    static String layer(Node node) {
        Node at = node;
        while (!(at.op() instanceof Convolution)) {
            at = at.inputs().get(0);
        }
        return at.name();
    }
}
