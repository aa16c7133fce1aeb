package io.vertebra.heads;

import io.vertebra.backbones.Pyramid;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The nodes of a model in a builder that is still open: a task adds its loss and chooses outputs, then builds the graph,
 * once.
 *
 * @param builder of all nodes, with no scope
 * @param input the picture (N, C, H, W)
 * @param pyramid the backbone's levels
 * @param heads the outputs of each head by name, by the head's key
 */
public record Assembly(GraphBuilder builder, Node input, Pyramid pyramid, Map<String, Map<String, Node>> heads) {

    /** Copies the maps. */
    public Assembly {
        Map<String, Map<String, Node>> copy = new LinkedHashMap<>();
        heads.forEach((key, outputs) -> copy.put(key, Collections.unmodifiableMap(new LinkedHashMap<>(outputs))));
        heads = Collections.unmodifiableMap(copy);
    }

    /** The name of an input, output, loss or metric of a head: {@code seg.logits}; without a key the name itself. */
    public static String name(String key, String name) {
        return key.isEmpty() ? name : key + "." + name;
    }

    /** All outputs by their full names. */
    public Map<String, Node> outputs() {
        Map<String, Node> outputs = new LinkedHashMap<>();
        heads.forEach((key, own) -> own.forEach((name, node) -> outputs.put(name(key, name), node)));
        return Collections.unmodifiableMap(outputs);
    }

    /** One output by its full name. */
    public Node output(String name) {
        Map<String, Node> outputs = outputs();
        Node node = outputs.get(name);
        if (node == null) {
            throw new GraphException(
                    name,
                    "is no output of " + (heads.size() == 1 ? "this head; it has " : "these heads; they have ")
                            + String.join(", ", outputs.keySet()));
        }
        return node;
    }

    /** One output of a head. */
    public Node output(String key, String name) {
        return output(name(key, name));
    }

    /** The graph with outputs {@code pyramid.<i>} and those of the heads. */
    Graph inference() {
        for (int i = 0; i < pyramid.levels().size(); i++) {
            builder.output("pyramid." + i, pyramid.levels().get(i));
        }
        outputs().forEach(builder::output);
        return builder.build();
    }

    /** The graph with outputs {@code logits} and {@code loss}. */
    Graph training(SoftmaxCrossEntropy loss, boolean softLabels) {
        Node logits = output("logits");
        Node labels = softLabels
                ? builder.input("soft_labels", DataType.F32, Shape.of(Shape.ANY, logits.channels()))
                : builder.input("labels", DataType.I32, Shape.of(Shape.ANY));
        builder.output("logits", logits);
        builder.output("loss", builder.softmaxCrossEntropy(logits, labels, loss));
        return builder.build();
    }
}
