package io.vertebra.heads;

import io.vertebra.backbones.Backbone;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import java.util.List;

/**
 * A kind of head for detection that says of every anchor what it shows and where that lies: outputs {@code class_logits}
 * (N, A, classes), column 0 the background, and {@code box_encodings} (N, A, 4).
 *
 * @param <C> its options
 */
public interface DetectionHead<C extends Record> extends HeadFamily<C> {

    /** Adds the levels behind the backbone's, and gives all that it predicts from, from fine to coarse. */
    List<Node> levels(C config, Trunk trunk, GraphBuilder g);

    /** How its outputs become boxes. */
    DenseDetector.Recipe recipe(C config);

    /** What makes boxes of its outputs on a backbone. */
    default DenseDetector detector(C config, Backbone<?> backbone, Conventions conventions) {
        GraphBuilder g = new GraphBuilder(conventions);
        List<Node> levels = levels(config, Trunk.in(backbone, g, backboneScope()), g);
        for (int i = 0; i < levels.size(); i++) {
            g.output("level." + i, levels.get(i));
        }
        Graph graph = g.build();
        return new DenseDetector(graph, backbone.config().inChannels(), recipe(config));
    }

    @Override
    default String task() {
        return "detection";
    }

    @Override
    default String backboneScope() {
        return "backbone";
    }
}
