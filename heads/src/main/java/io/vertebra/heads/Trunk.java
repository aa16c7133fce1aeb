package io.vertebra.heads;

import io.vertebra.backbones.Backbone;
import io.vertebra.backbones.Pyramid;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Shape;

/**
 * What heads are put on: a backbone that stands in a builder, with or without a neck.
 *
 * @param backbone that was built
 * @param input the pictures (N, C, H, W)
 * @param sizes height and width of each picture without padding (N, 2), an input {@code sizes} of graphs that need it
 * @param stages the backbone's levels, as its own classifier takes them
 * @param pyramid the same levels as all other heads take them, ConvNeXt's normalised; the neck's if there is one
 */
public record Trunk(Backbone<?> backbone, Node input, Node sizes, Pyramid stages, Pyramid pyramid) {
    private static final String SIZES = "sizes";

    /** A backbone in a builder of its own, for a look at its levels. */
    public static Trunk of(Backbone<?> backbone) {
        return in(backbone, new GraphBuilder(), "");
    }

    /** A backbone in a builder, its names below a scope. */
    public static Trunk in(Backbone<?> backbone, GraphBuilder g, String scope) {
        Node input = g.image(backbone.config().inChannels(), Shape.ANY, Shape.ANY);
        Node sizes = g.input(SIZES, DataType.F32, Shape.of(Shape.ANY, 2));
        GraphBuilder own = scope.isEmpty() ? g : g.in(scope);
        Pyramid stages = backbone.build(input, own);
        return new Trunk(backbone, input, sizes, stages, backbone.dense(stages, own));
    }

    /** The same with other levels for heads. */
    Trunk with(Pyramid levels) {
        return new Trunk(backbone, input, sizes, stages, levels);
    }

    /** A level of the pyramid by its place, 0 the finest; negative: from the coarsest one, which is −1. */
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

    /**
     * The coarsest level that is at most so many times smaller than the picture, and finer than the last one.
     *
     * @param head that needs it, for the refusal
     */
    public Node fine(String head, int reduction) {
        return pyramid.levels().stream()
                .filter(n -> n.reduction() <= reduction
                        && n.reduction() < pyramid.last().reduction())
                .reduce((a, b) -> b)
                .orElseThrow(() -> new GraphException(
                        head,
                        "needs a level at most " + reduction
                                + " times smaller than the picture and finer than the last; " + backbone.name()
                                + " has the reductions " + pyramid.reductions()));
    }
}
