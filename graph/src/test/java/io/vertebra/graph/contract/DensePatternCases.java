package io.vertebra.graph.contract;

import static io.vertebra.graph.op.Activation.Function.RELU;
import static io.vertebra.graph.op.Activation.Function.SILU;

import io.vertebra.graph.Conventions;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.op.Resize.Filter;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SigmoidFocal;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.op.SoftmaxCrossEntropy.Average;
import io.vertebra.graph.op.SoftmaxCrossEntropy.Hardest;
import io.vertebra.graph.op.SoftmaxDice;
import java.util.List;
import java.util.function.BiConsumer;

/** Heads with their losses as tasks put them together; engines fuse enlarging with the loss. */
final class DensePatternCases {
    private static final Shape IMAGE = Shape.of(6, 3, 17, 14);

    private DensePatternCases() {}

    static List<OperatorCase> all() {
        SoftmaxCrossEntropy weighted =
                new SoftmaxCrossEntropy(0.1, 255, List.of(0.5, 1.0, 2.0, 1.5, 0.25), null, Average.ALL);
        SoftmaxCrossEntropy hardest = new SoftmaxCrossEntropy(0, 255, List.of(), new Hardest(0.15, 20), Average.VALID);
        return List.of(
                smooth("pattern.deeplab", (g, x) -> DenseGraphs.segmentation(g, x, SILU, false, DenseGraphs.PIXELS)),
                turned(
                        "pattern.deeplab with relu",
                        (g, x) -> DenseGraphs.segmentation(g, x, RELU, false, DenseGraphs.PIXELS)),
                smooth(
                        "pattern.deeplab, corners aligned",
                        (g, x) -> DenseGraphs.segmentation(g, x, SILU, true, DenseGraphs.PIXELS)),
                smooth(
                        "pattern.deeplab, weights over all",
                        (g, x) -> DenseGraphs.segmentation(g, x, SILU, false, weighted)),
                chosen("pattern.deeplab, hardest", (g, x) -> DenseGraphs.segmentation(g, x, SILU, false, hardest)),
                smooth(
                        "pattern.deeplab, overlap",
                        (g, x) -> DenseGraphs.segmentation(g, x, SILU, false, new SoftmaxDice(1, 255))),
                smooth("pattern.enlarged logits are an output too", (g, x) -> {
                    Node logits = DenseGraphs.deepLab(g, DenseGraphs.trunk(g, x, SILU), SILU, 5);
                    Node loss = DenseGraphs.pixelLoss(g, logits, x, "labels", false, DenseGraphs.PIXELS);
                    g.output("large", loss.inputs().get(0));
                    g.output("loss", loss);
                }),
                smooth("pattern.two losses over the same enlarged logits", (g, x) -> {
                    Node logits = DenseGraphs.deepLab(g, DenseGraphs.trunk(g, x, SILU), SILU, 5);
                    Node loss = DenseGraphs.pixelLoss(g, logits, x, "labels", false, DenseGraphs.PIXELS);
                    Node other = g.apply(
                            new SoftmaxDice(1, 255),
                            loss.inputs().get(0),
                            loss.inputs().get(1));
                    g.output("loss", g.weightedSum(List.of(loss, other), List.of(1.0, 0.5)));
                }),
                smooth("pattern.head with an auxiliary one", (g, x) -> {
                    Node features = DenseGraphs.trunk(g, x, SILU);
                    Node logits = DenseGraphs.deepLab(g, features, SILU, 5);
                    Node auxiliary = DenseGraphs.deepLab(g.in("auxiliary"), features, SILU, 5);
                    Node loss = DenseGraphs.pixelLoss(g, logits, x, "labels", false, DenseGraphs.PIXELS);
                    Node large = g.resize(auxiliary, x, Filter.BILINEAR, false);
                    Node second =
                            g.apply(DenseGraphs.PIXELS, large, loss.inputs().get(1));
                    g.output("logits", logits);
                    g.output("auxiliary.logits", auxiliary);
                    g.output("loss", g.weightedSum(List.of(loss, second), List.of(1.0, 0.4)));
                }),
                smooth("pattern.upernet", (g, x) -> DenseGraphs.pyramid(g, x, SILU, false)),
                smooth("pattern.upernet, corners aligned", (g, x) -> DenseGraphs.pyramid(g, x, SILU, true)),
                turned("pattern.upernet with relu", (g, x) -> DenseGraphs.pyramid(g, x, RELU, false))
                        .within(
                                Precision.BF16,
                                3e-2,
                                0.6,
                                "rounding turns signs before ten ReLUs: 0.49 measured on onednn and on cuda alike"),
                smooth("pattern.pyramid pooling alone", (g, x) -> {
                    Node y = DenseGraphs.pooled(g, DenseGraphs.trunk(g, x, SILU), SILU, false);
                    g.output("y", y);
                }),
                chosen("pattern.ssd", (g, x) -> DenseGraphs.detection(g, x, SILU, DenseGraphs.HARD_NEGATIVES)),
                turned(
                        "pattern.ssd, focal, with relu",
                        (g, x) -> DenseGraphs.detection(g, x, RELU, new SigmoidFocal(0.25, 2, false))),
                smooth("pattern.two heads, two losses", (g, x) -> DenseGraphs.joint(g, x, SILU)));
    }

    private static OperatorCase smooth(String name, BiConsumer<GraphBuilder, Node> body) {
        String reason = "eight roundings to 8 bits in a row, and a norm over 6 pooled values that enlarges them: 0.042"
                + " measured with values rounded and gradients exact";
        return OperatorCase.ofAnySize(name, IMAGE, Conventions.DEFAULT, body).within(Precision.BF16, 3e-2, 0.1, reason);
    }

    private static OperatorCase turned(String name, BiConsumer<GraphBuilder, Node> body) {
        String reason =
                "rounding turns the sign of some values before three ReLUs, whose gradient is then 0 or 1 instead:"
                        + " 0.25 measured with values rounded and gradients exact, one of 6 pooled values";
        return OperatorCase.of(name, IMAGE, body).within(Precision.BF16, 3e-2, 0.4, reason);
    }

    private static OperatorCase chosen(String name, BiConsumer<GraphBuilder, Node> body) {
        String reason = "logits rounded to 8 bits change places in the rank by which positions are chosen";
        return OperatorCase.of(name, IMAGE, body).within(Precision.BF16, 5e-2, 0.25, reason);
    }
}
