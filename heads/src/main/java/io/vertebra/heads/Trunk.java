package io.vertebra.heads;

import io.vertebra.backbones.Backbone;
import io.vertebra.backbones.Pyramid;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Shape;

/**
 * What heads are put on: a backbone that stands in a builder.
 *
 * @param backbone that was built
 * @param input the picture (N, C, H, W)
 * @param pyramid the backbone's levels
 */
public record Trunk(Backbone<?> backbone, Node input, Pyramid pyramid) {

    /** A backbone in a builder of its own, for a look at its levels. */
    public static Trunk of(Backbone<?> backbone) {
        return in(backbone, new GraphBuilder(), "");
    }

    /** A backbone in a builder, its names below a scope. */
    public static Trunk in(Backbone<?> backbone, GraphBuilder g, String scope) {
        Node input = g.image(backbone.config().inChannels(), Shape.ANY, Shape.ANY);
        return new Trunk(backbone, input, backbone.build(input, scope.isEmpty() ? g : g.in(scope)));
    }

    /** A level by its place, 0 the finest; negative: from the coarsest one, which is −1. */
    public Node level(int place) {
        int count = pyramid.levels().size();
        int index = place < 0 ? count + place : place;
        if (index < 0 || index >= count) {
            throw new GraphException(
                    "level",
                    "is " + place + ", " + backbone.name() + " has " + count + " levels: " + -count + " to "
                            + (count - 1));
        }
        return pyramid.levels().get(index);
    }
}
