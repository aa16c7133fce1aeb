package io.vertebra.backbones.embed;

import io.vertebra.backbones.Backbone;
import io.vertebra.backbones.Pyramid;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.Shape;
import java.util.List;
import java.util.SortedSet;

/** The network that an extractor runs: outputs {@code embedding} (N, C) and {@code level.<reduction>}, for pictures of any size. */
final class EmbeddingGraph {
    static final String EMBEDDING = "embedding";

    private EmbeddingGraph() {}

    /** The name of the output that a level is. */
    static String level(int reduction) {
        return "level." + reduction;
    }

    /** The network with these levels among its outputs; of several that have a reduction it is the last one. */
    static Graph of(Backbone<?> backbone, Conventions conventions, Pooling pooling, SortedSet<Integer> reductions) {
        GraphBuilder g = new GraphBuilder(conventions);
        Pyramid pyramid = backbone.build(input(backbone, g), g);
        List<Integer> there = pyramid.reductions();
        for (int reduction : reductions) {
            int at = there.lastIndexOf(reduction);
            Check.that(
                    at >= 0,
                    "outputs",
                    "%s has no level of reduction %d; there are %s",
                    backbone.name(),
                    reduction,
                    there);
            g.output(level(reduction), pyramid.levels().get(at));
        }
        Node features = pooling == Pooling.MEAN ? pyramid.last() : backbone.features(pyramid, g);
        boolean isMap = features.shape().rank() == 4;
        g.output(EMBEDDING, isMap ? g.globalAveragePool(features) : features);
        return g.build();
    }

    /** The network as it was published, whose parameters a weight file has. */
    static Graph classifier(Backbone<?> backbone, Conventions conventions, int classes) {
        GraphBuilder g = new GraphBuilder(conventions);
        Pyramid pyramid = backbone.build(input(backbone, g), g);
        g.output("logits", backbone.classifier(backbone.features(pyramid, g), classes, g));
        return g.build();
    }

    private static Node input(Backbone<?> backbone, GraphBuilder g) {
        return g.image(backbone.config().inChannels(), Shape.ANY, Shape.ANY);
    }
}
