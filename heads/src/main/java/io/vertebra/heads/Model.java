package io.vertebra.heads;

import io.vertebra.backbones.Backbone;
import io.vertebra.backbones.Norm;
import io.vertebra.backbones.Pyramid;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.util.Map;

/**
 * A model before it is a graph: what it consists of, and by which conventions.
 *
 * @param backbone that sees the picture
 * @param head that answers
 * @param classes that it tells apart; the outputs of a classifier, the background of some weights included
 * @param conventions of the weights that it will get
 */
public record Model(Backbone<?> backbone, Head<?> head, int classes, Conventions conventions) {

    /** Refuses what cannot work together. */
    public Model {
        Check.atLeast(1, "classes", classes);
        head.check(backbone);
        if (conventions.frozenNorm() && backbone.config().norm() == Norm.BATCH) {
            throw new GraphException(
                    "norm", "must be frozen, is batch: the norms of these weights are folded into their convolutions");
        }
        conventions = backbone.config().norm() == Norm.FROZEN ? conventions.withFrozenNorm() : conventions;
    }

    /** A model with the default conventions. */
    public static Model of(Backbone<?> backbone, Head<?> head, int classes) {
        return new Model(backbone, head, classes, Conventions.DEFAULT);
    }

    /** The same with another backbone, or other options of it. */
    public Model with(Backbone<?> other) {
        return new Model(other, head, classes, conventions);
    }

    /** The same with another head, or other options of it. */
    public Model with(Head<?> other) {
        return new Model(backbone, other, classes, conventions);
    }

    /** The same for the conventions of a weight file. */
    public Model with(Conventions other) {
        return new Model(backbone, head, classes, other);
    }

    /** The same for another number of classes. */
    public Model withClasses(int count) {
        return new Model(backbone, head, count, conventions);
    }

    /** The task of its head. */
    public String task() {
        return head.task();
    }

    /** Builds backbone and head; the caller adds a loss, or takes the outputs as they are. Pictures may have any size. */
    public Assembly assemble() {
        GraphBuilder g = new GraphBuilder(conventions);
        Node input = g.image(backbone.config().inChannels(), Shape.ANY, Shape.ANY);
        String scope = head.family().backboneScope();
        Pyramid pyramid = backbone.build(input, scope.isEmpty() ? g : g.in(scope));
        Map<String, Node> outputs = head.build(backbone, pyramid, classes, g);
        return new Assembly(g, pyramid, outputs);
    }

    /** The graph for inference: outputs {@code pyramid.<i>} and those of the head. */
    public Graph inference() {
        return assemble().inference();
    }

    /**
     * The graph that a classifier is trained with: inputs {@code input}, and {@code labels} or {@code soft_labels};
     * outputs {@code logits} and {@code loss}.
     */
    public Graph training(SoftmaxCrossEntropy loss, boolean softLabels) {
        return assemble().training(loss, softLabels);
    }
}
