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
 * @param pyramid the backbone's levels
 * @param outputs of the head, by name
 */
public record Assembly(GraphBuilder builder, Pyramid pyramid, Map<String, Node> outputs) {

    /** Copies the map. */
    public Assembly {
        outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    }

    /** One output of the head. */
    public Node output(String name) {
        Node node = outputs.get(name);
        if (node == null) {
            throw new GraphException(name, "is no output of this head; it has " + String.join(", ", outputs.keySet()));
        }
        return node;
    }

    /** The graph with outputs {@code pyramid.<i>} and those of the head. */
    Graph inference() {
        for (int i = 0; i < pyramid.levels().size(); i++) {
            builder.output("pyramid." + i, pyramid.levels().get(i));
        }
        outputs.forEach(builder::output);
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
