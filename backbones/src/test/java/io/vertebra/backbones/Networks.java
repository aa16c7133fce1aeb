package io.vertebra.backbones;

import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** Whole networks for tests: outputs {@code pyramid.<i>}, {@code logits} and whatever nodes are asked for by name. */
final class Networks {
    private static final Backbones BACKBONES = Backbones.builtIn();

    private Networks() {}

    /** Every variant. */
    static List<String> names() {
        return BACKBONES.names();
    }

    /** A backbone with its defaults. */
    static Backbone<?> get(String name) {
        return BACKBONES.get(name);
    }

    /** With the published number of classes. */
    static Graph classifier(String name) {
        return classifier(get(name), classes(name), Conventions.DEFAULT);
    }

    /** Those of ImageNet, or of the small pictures that a family is made for. */
    static int classes(String name) {
        return name.matches("lenet5|nin_cifar10|.*_cifar") ? 10 : 1000;
    }

    /** With the auxiliary classifiers of its family, if it has some. */
    static Graph complete(String name) {
        Backbone<?> backbone = get(name);
        return classifier(
                has(backbone, "auxiliary") ? with(backbone, "auxiliary", true) : backbone,
                classes(name),
                Conventions.DEFAULT);
    }

    /** With nodes of these names as further outputs. */
    static Graph classifier(Backbone<?> backbone, int classes, Conventions conventions, String... nodes) {
        GraphBuilder g = new GraphBuilder(conventions);
        Node input = g.image(backbone.config().inChannels(), Shape.ANY, Shape.ANY);
        Pyramid pyramid = backbone.build(input, g);
        Node features = backbone.features(pyramid, g);
        List<Node> auxiliary = backbone.auxiliary(pyramid, classes, g);
        Node logits = backbone.classifier(features, classes, g);
        for (int i = 0; i < pyramid.levels().size(); i++) {
            g.output("pyramid." + i, pyramid.levels().get(i));
        }
        for (int i = 0; i < auxiliary.size(); i++) {
            g.output("auxiliary." + i, auxiliary.get(i));
        }
        g.output("logits", logits);
        for (String name : nodes) {
            g.output(name, find(logits, name));
        }
        return g.build();
    }

    /** The classifier with {@code logits} and, of the input {@code labels}, {@code loss}. */
    static Graph training(Backbone<?> backbone, int classes) {
        GraphBuilder g = new GraphBuilder();
        Node input = g.image(backbone.config().inChannels(), Shape.ANY, Shape.ANY);
        Pyramid pyramid = backbone.build(input, g);
        Node logits = backbone.classifier(backbone.features(pyramid, g), classes, g);
        Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
        g.output("logits", logits);
        g.output("loss", g.softmaxCrossEntropy(logits, labels, new SoftmaxCrossEntropy(0, -100)));
        return g.build();
    }

    /** The pyramid alone. */
    static Pyramid pyramid(Backbone<?> backbone) {
        GraphBuilder g = new GraphBuilder();
        return backbone.build(g.image(backbone.config().inChannels(), Shape.ANY, Shape.ANY), g);
    }

    /** With one of its family's options, all others left out. */
    static <C extends Record & BackboneConfig> Backbone<C> with(Backbone<C> backbone, String option, Object value) {
        return backbone.with(Records.of(backbone.family().config(), option, value));
    }

    /** With the defaults of its family, but that nothing is dropped at random. */
    static Backbone<?> undropped(String name) {
        return undropped(get(name));
    }

    private static <C extends Record & BackboneConfig> Backbone<C> undropped(Backbone<C> backbone) {
        return backbone.with(Records.of(backbone.family().config(), Map.of("dropout", 0.0, "dropPath", 0.0)));
    }

    /** Whether its family has an option. */
    static boolean has(Backbone<?> backbone, String option) {
        return Arrays.stream(backbone.family().config().getRecordComponents())
                .anyMatch(c -> c.getName().equals(option));
    }

    private static Node find(Node from, String name) {
        Deque<Node> open = new ArrayDeque<>(List.of(from));
        List<Node> seen = new ArrayList<>();
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (node.name().equals(name)) {
                return node;
            }
            if (!seen.contains(node)) {
                seen.add(node);
                node.inputs().forEach(open::push);
            }
        }
        throw new GraphException(name, "is no node");
    }
}
