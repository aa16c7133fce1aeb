package io.vertebra.graph.contract;

import static io.vertebra.graph.op.SoftmaxCrossEntropy.Average.ALL;
import static io.vertebra.graph.op.SoftmaxCrossEntropy.Average.VALID;

import io.vertebra.graph.Conventions;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.op.SoftmaxCrossEntropy.Average;
import io.vertebra.graph.op.SoftmaxCrossEntropy.Hardest;
import io.vertebra.graph.op.SoftmaxDice;
import java.util.List;
import java.util.stream.Stream;

/** Cross entropy over rows and over maps with every kind of label and weight, overlap, and sums of losses. */
final class LossCases {
    private static final Shape MAP = Shape.of(2, 5, 6, 7);
    private static final Shape SOFT = Shape.of(6, 5, 1, 1);

    private LossCases() {}

    static List<OperatorCase> all() {
        return Stream.of(plain(), weighted(), hardest(), dice(), sums())
                .flatMap(List::stream)
                .toList();
    }

    private static List<OperatorCase> plain() {
        return List.of(
                rows("softmax_cross_entropy", Shape.of(8, 10, 1, 1), 0),
                rows("softmax_cross_entropy.smoothing", Shape.of(8, 10, 1, 1), 0.1),
                rows("softmax_cross_entropy.two classes", Shape.of(5, 2, 1, 1), 0.2),
                rows("softmax_cross_entropy.batch 1", Shape.of(1, 5, 1, 1), 0),
                rows("softmax_cross_entropy.1000 classes", Shape.of(3, 1000, 1, 1), 0.1),
                rows("softmax_cross_entropy.large logits", Shape.of(8, 5, 1, 1), 0.1)
                        .withPictures(p -> AnchorLossCases.scaled(p, 64)),
                soft("softmax_cross_entropy.soft labels", Shape.of(8, 10, 1, 1), 0),
                soft("softmax_cross_entropy.soft labels with smoothing", Shape.of(6, 7, 1, 1), 0.1),
                maps("softmax_cross_entropy.of maps", Shape.of(2, 21, 6, 5), 0, SoftmaxCrossEntropy.IGNORE),
                maps("softmax_cross_entropy.of maps, 255 ignored", Shape.of(3, 5, 4, 7), 0.1, 255));
    }

    private static List<OperatorCase> weighted() {
        List<Double> weights = List.of(0.5, 2.0, 1.25, 0.0, 3.0);
        return List.of(
                rows("softmax_cross_entropy.weights", Shape.of(9, 5, 1, 1), op(0, weights, null, VALID)),
                rows("softmax_cross_entropy.weights, smoothing", Shape.of(9, 5, 1, 1), op(0.2, weights, null, VALID)),
                rows("softmax_cross_entropy.weights, over all", Shape.of(9, 5, 1, 1), op(0.1, weights, null, ALL)),
                soft("softmax_cross_entropy.soft labels with weights", SOFT, op(0, weights, null, VALID)),
                soft("softmax_cross_entropy.soft labels with weights, smoothing", SOFT, op(0.1, weights, null, ALL)),
                maps("softmax_cross_entropy.of maps, weights", MAP, op(0, weights, null, VALID)),
                maps("softmax_cross_entropy.of maps, weights, smoothing", MAP, op(0.1, weights, null, VALID)),
                maps("softmax_cross_entropy.of maps, over all", MAP, op(0, List.of(), null, ALL)),
                maps("softmax_cross_entropy.of maps, everything ignored", MAP, op(0.1, weights, null, VALID))
                        .withLabel("labels", 255),
                maps("softmax_cross_entropy.of maps, everything ignored, over all", MAP, op(0, List.of(), null, ALL))
                        .withLabel("labels", 255),
                maps("softmax_cross_entropy.of maps, a class of weight 0 alone", MAP, op(0.1, weights, null, VALID))
                        .withLabel("labels", 3),
                anySize("softmax_cross_entropy.of maps of any size", MAP, op(0, weights, null, VALID)));
    }

    /** The positions that count depend on a rank: {@link CasesTest} keeps the last and the first left out apart. */
    private static List<OperatorCase> hardest() {
        List<Double> weights = List.of(0.5, 2.0, 1.25, 0.75, 3.0);
        return List.of(
                maps("softmax_cross_entropy.hardest", MAP, op(0, List.of(), new Hardest(0.2, 4), VALID)),
                maps("softmax_cross_entropy.hardest, 12 kept", MAP, op(0, List.of(), new Hardest(0, 12), VALID)),
                maps(
                        "softmax_cross_entropy.hardest, more than there are",
                        MAP,
                        op(0, List.of(), new Hardest(0, 500), ALL)),
                maps("softmax_cross_entropy.hardest, threshold 1", MAP, op(0, List.of(), new Hardest(1, 2), VALID)),
                maps("softmax_cross_entropy.hardest, over all", MAP, op(0, List.of(), new Hardest(0.1, 9), ALL)),
                maps("softmax_cross_entropy.hardest, weights", MAP, op(0.1, weights, new Hardest(0.1, 9), VALID)),
                maps(
                                "softmax_cross_entropy.hardest, everything ignored",
                                MAP,
                                op(0, weights, new Hardest(0.7, 9), VALID))
                        .withLabel("labels", 255),
                rows(
                        "softmax_cross_entropy.hardest rows",
                        Shape.of(20, 6, 1, 1),
                        op(0, List.of(), new Hardest(0.1, 1), ALL)));
    }

    private static List<OperatorCase> dice() {
        return List.of(
                maps("softmax_dice", MAP, new SoftmaxDice(1, 255)),
                maps("softmax_dice.21 classes", Shape.of(2, 21, 6, 5), new SoftmaxDice(1e-3, 255)),
                maps("softmax_dice.batch 1, smooth 10", Shape.of(1, 2, 5, 7), new SoftmaxDice(10, 0)),
                maps("softmax_dice.everything ignored", MAP, new SoftmaxDice(1, 255))
                        .withLabel("labels", 255),
                maps("softmax_dice.one class", MAP, new SoftmaxDice(1, 255)).withLabel("labels", 2),
                maps("softmax_dice.large logits", MAP, new SoftmaxDice(1, 255))
                        .withPictures(p -> AnchorLossCases.scaled(p, 64)),
                anySize("softmax_dice.of any size", MAP, new SoftmaxDice(1, 255)));
    }

    private static List<OperatorCase> sums() {
        Op mean = op(0, List.of(), null, VALID);
        return List.of(
                OperatorCase.of("weighted_sum", MAP, (g, x) -> {
                    Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY, MAP.h(), MAP.w()));
                    Node a = g.apply(mean, x, labels);
                    Node b = g.apply(new SoftmaxDice(1, 255), x, labels);
                    g.output("a", a);
                    g.output("loss", g.weightedSum(List.of(a, b), List.of(0.75, 3.0)));
                }),
                OperatorCase.of("weighted_sum.of one thrice, weights 0 and below", MAP, (g, x) -> {
                    Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY, MAP.h(), MAP.w()));
                    Node a = g.apply(mean, x, labels);
                    g.output("loss", g.weightedSum(List.of(a, a, a), List.of(2.0, 0.0, -0.5)));
                }),
                OperatorCase.of("weighted_sum.of a sum", MAP, (g, x) -> {
                    Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY, MAP.h(), MAP.w()));
                    Node a = g.weightedSum(List.of(g.apply(mean, x, labels)), List.of(1.5));
                    Node b = g.apply(new SoftmaxDice(1, 255), x, labels);
                    g.output("loss", g.weightedSum(List.of(a, b), List.of(1.0, 1.0)));
                }));
    }

    private static SoftmaxCrossEntropy op(double smoothing, List<Double> weights, Hardest hardest, Average average) {
        return new SoftmaxCrossEntropy(smoothing, 255, weights, hardest, average);
    }

    private static OperatorCase rows(String name, Shape image, Op op) {
        return OperatorCase.of(name, image, (g, x) -> {
            Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
            g.output("loss", g.apply(op, g.flatten(x), labels));
        });
    }

    private static OperatorCase soft(String name, Shape image, Op op) {
        return OperatorCase.of(name, image, (g, x) -> {
            Node labels = g.input("soft_labels", DataType.F32, Shape.of(Shape.ANY, image.c()));
            g.output("loss", g.apply(op, g.flatten(x), labels));
        });
    }

    private static OperatorCase maps(String name, Shape image, Op op) {
        return OperatorCase.of(name, image, (g, x) -> {
            Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY, image.h(), image.w()));
            g.output("loss", g.apply(op, x, labels));
        });
    }

    private static OperatorCase anySize(String name, Shape image, Op op) {
        return OperatorCase.ofAnySize(name, image, Conventions.DEFAULT, (g, x) -> {
            Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY, Shape.ANY, Shape.ANY));
            g.output("loss", g.apply(op, x, labels));
        });
    }

    private static OperatorCase rows(String name, Shape image, double smoothing) {
        return OperatorCase.of(name, image, (g, x) -> {
            var labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
            var op = new SoftmaxCrossEntropy(smoothing, SoftmaxCrossEntropy.IGNORE);
            g.output("loss", g.softmaxCrossEntropy(g.flatten(x), labels, op));
        });
    }

    private static OperatorCase soft(String name, Shape image, double smoothing) {
        return OperatorCase.of(name, image, (g, x) -> {
            var labels = g.input("soft_labels", DataType.F32, Shape.of(Shape.ANY, image.c()));
            var op = new SoftmaxCrossEntropy(smoothing, SoftmaxCrossEntropy.IGNORE);
            g.output("loss", g.softmaxCrossEntropy(g.flatten(x), labels, op));
        });
    }

    private static OperatorCase maps(String name, Shape image, double smoothing, int ignore) {
        return OperatorCase.of(name, image, (g, x) -> {
            var labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY, image.h(), image.w()));
            g.output("loss", g.softmaxCrossEntropy(x, labels, new SoftmaxCrossEntropy(smoothing, ignore)));
            g.output("logits", x);
        });
    }
}
