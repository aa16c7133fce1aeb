package io.vertebra.graph.contract;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.contract.SharedCases.Head;
import io.vertebra.graph.contract.TwoStageGraphs.Choice;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.engine.Update;
import io.vertebra.graph.op.Activation.Function;
import io.vertebra.graph.op.AnchorAverage;
import io.vertebra.graph.op.BoxSmoothL1;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SigmoidFocal;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** Training of parameters that several nodes share, and of two-stage detectors. */
final class SharedTrainingCases {
    private static final Shape IMAGE = Shape.of(4, 3, 12, 10);
    private static final Update MOMENTUM = new Update(new Optimizer.Sgd(0.9, false), 0, 0.5);
    private static final Update ADAM_W = new Update(new Optimizer.AdamW(0.9, 0.999, 1e-3), 1, 0);

    private SharedTrainingCases() {}

    static List<TrainingCase> all() {
        return List.of(
                of("shared head", IMAGE, SharedTrainingCases::pyramid, MOMENTUM, SharedTrainingCases::none, 2),
                of("shared head, adamw", IMAGE, SharedTrainingCases::pyramid, ADAM_W, SharedTrainingCases::none, 1),
                of(
                        "shared head, frozen in part",
                        IMAGE,
                        SharedTrainingCases::pyramid,
                        MOMENTUM,
                        name -> name.equals("head.conv.weight") || name.startsWith("head.boxes"),
                        1),
                of(
                        "shared head alone",
                        IMAGE,
                        SharedTrainingCases::pyramid,
                        MOMENTUM,
                        name -> name.startsWith("trunk"),
                        1),
                of("shared norms", IMAGE, SharedTrainingCases::norms, MOMENTUM, SharedTrainingCases::none, 2),
                of("shared norms frozen", IMAGE, SharedTrainingCases::norms, MOMENTUM, name -> name.contains("bn"), 1),
                of(
                        "shared, one of them beside the loss",
                        IMAGE,
                        SharedTrainingCases::beside,
                        ADAM_W,
                        SharedTrainingCases::none,
                        1),
                of(
                        "two stages",
                        Shape.of(3, 3, 32, 40),
                        (g, x) -> TwoStageGraphs.losses(g, x, Choice.ALL),
                        MOMENTUM,
                        name -> name.startsWith("rpn.box"), // boxes that rounding moves would change what they lie on
                        1),
                of(
                        "two stages, drawn",
                        Shape.of(3, 10, 12, 14),
                        (g, x) -> TwoStageGraphs.second(g, x, new RegionSamples(8, 0.5, 0.5)),
                        ADAM_W,
                        SharedTrainingCases::none,
                        2));
    }

    private static boolean none(String parameter) {
        return false;
    }

    private static TrainingCase of(
            String name,
            Shape image,
            BiConsumer<GraphBuilder, Node> body,
            Update update,
            Predicate<String> frozen,
            int microBatches) {
        GraphBuilder g = new GraphBuilder();
        body.accept(g, g.image(image.c(), image.h(), image.w()));
        Graph graph = g.build();
        Groups groups =
                Groups.of(graph, p -> frozen.test(p.name()) ? Groups.Group.FROZEN : new Groups.Group(1, 0.05, true));
        return new TrainingCase(name, graph, image, update, groups, microBatches, false);
    }

    /** One head for three levels of a trunk. */
    private static void pyramid(GraphBuilder g, Node x) {
        Node trunk =
                g.activation(Function.SILU, g.conv("trunk", x, Conv.of(3, 8).withBias()));
        Head head = Head.of(g, SharedCases.levels(g, trunk), Function.SILU);
        int anchors = head.logits().shape().get(1);
        Node labels = g.input("anchor_labels", DataType.I32, Shape.of(Shape.ANY, anchors));
        Node targets = g.input("box_targets", DataType.F32, Shape.of(Shape.ANY, anchors, 4));
        SigmoidFocal objectness = new SigmoidFocal(-1, 0, false, AnchorAverage.VALID);
        Node classLoss = g.apply(objectness, head.logits(), labels);
        Node boxLoss = g.apply(new BoxSmoothL1(1, AnchorAverage.VALID), head.encodings(), targets, labels);
        g.output("class_logits", head.logits());
        g.output("loss", g.weightedSum(List.of(classLoss, boxLoss), List.of(1.0, 3.0)));
    }

    /** A block that is gone through three times: convolution and norm, whose running statistics move at each use. */
    private static void norms(GraphBuilder g, Node x) {
        Node y = g.activation(Function.SILU, g.conv("stem", x, Conv.of(3, 8).stride(2)));
        Node conv = g.conv("conv", y, Conv.of(3, 8));
        Node norm = g.batchNorm("bn", conv);
        for (int i = 0; i < 2; i++) {
            y = g.activation(Function.SILU, g.add(norm, y));
            norm = g.again(norm, g.again(conv, y));
        }
        classified(g, g.activation(Function.TANH, norm));
    }

    /** The second use leads to an output that is no part of the loss. */
    private static void beside(GraphBuilder g, Node x) {
        Node conv = g.conv(
                "conv",
                g.conv("stem", x, Conv.of(3, 8).withBias()),
                Conv.of(3, 8).withBias());
        Node y = g.activation(Function.SILU, conv);
        g.output("side", g.again(conv, y));
        classified(g, y);
    }

    private static void classified(GraphBuilder g, Node features) {
        Node logits = g.linear("fc", g.globalAveragePool(features), 5);
        Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
        g.output("loss", g.softmaxCrossEntropy(logits, labels, new SoftmaxCrossEntropy(0.1, -100)));
    }
}
