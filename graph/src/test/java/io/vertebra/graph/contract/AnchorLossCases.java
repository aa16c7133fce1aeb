package io.vertebra.graph.contract;

import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.AnchorAverage;
import io.vertebra.graph.op.BoxSmoothL1;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.HardNegativeCrossEntropy;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SigmoidFocal;
import java.util.List;

/** The losses of dense detectors; of the pictures of {@link Truths} the second has no object. */
final class AnchorLossCases {
    /** 3 pictures of 5·4 cells with 2 anchors of 6 columns. */
    private static final Shape IMAGE = Shape.of(3, 12, 5, 4);

    private static final int COLUMNS = 6;

    private static final AnchorAverage VALID = AnchorAverage.VALID;

    private AnchorLossCases() {}

    static List<OperatorCase> all() {
        return List.of(
                classes("hard_negative", new HardNegativeCrossEntropy(3, 0)),
                classes("hard_negative.half of a ratio", new HardNegativeCrossEntropy(0.6, 0)),
                classes("hard_negative.positives only", new HardNegativeCrossEntropy(0, 0)),
                classes("hard_negative.all negatives", new HardNegativeCrossEntropy(1000, 0)),
                classes("hard_negative.at least 3", new HardNegativeCrossEntropy(0.5, 3)),
                classes("hard_negative.at least more than there are", new HardNegativeCrossEntropy(3, 500)),
                classes("hard_negative.no objects", new HardNegativeCrossEntropy(3, 0))
                        .withLabel("anchor_labels", 0),
                classes("hard_negative.no objects, at least 4", new HardNegativeCrossEntropy(3, 4))
                        .withLabel("anchor_labels", 0),
                classes("hard_negative.everything ignored", new HardNegativeCrossEntropy(3, 4))
                        .withLabel("anchor_labels", -1),
                classes("hard_negative.objects everywhere", new HardNegativeCrossEntropy(3, 4))
                        .withLabel("anchor_labels", 5),
                classes("hard_negative.large logits", new HardNegativeCrossEntropy(3, 1))
                        .withPictures(p -> scaled(p, 32)),
                classes("sigmoid_focal", new SigmoidFocal(0.25, 2, false)),
                classes("sigmoid_focal.with background", new SigmoidFocal(0.25, 2, true)),
                classes("sigmoid_focal.not balanced", new SigmoidFocal(-1, 2, false)),
                classes("sigmoid_focal.alpha 0, gamma 1.5", new SigmoidFocal(0, 1.5, false)),
                classes("sigmoid_focal.alpha 1, gamma 0.5", new SigmoidFocal(1, 0.5, true)),
                classes("sigmoid_focal.plain", new SigmoidFocal(-1, 0, false)),
                classes("sigmoid_focal.plain, with background", new SigmoidFocal(-1, 0, true)),
                classes("sigmoid_focal.no objects", new SigmoidFocal(0.25, 2, false))
                        .withLabel("anchor_labels", 0),
                classes("sigmoid_focal.no objects, with background", new SigmoidFocal(0.25, 2, true))
                        .withLabel("anchor_labels", 0),
                classes("sigmoid_focal.everything ignored", new SigmoidFocal(0.25, 2, true))
                        .withLabel("anchor_labels", -1),
                classes("sigmoid_focal.large logits", new SigmoidFocal(0.25, 2, false))
                        .withPictures(p -> scaled(p, 32)),
                classes("sigmoid_focal.plain, large logits", new SigmoidFocal(-1, 0, true))
                        .withPictures(p -> scaled(p, 32)),
                classes("sigmoid_focal.over valid ones", new SigmoidFocal(0.25, 2, false, VALID)),
                classes("sigmoid_focal.over valid ones, none", new SigmoidFocal(0.25, 2, true, VALID))
                        .withLabel("anchor_labels", -1),
                objectness("sigmoid_focal.objectness", new SigmoidFocal(-1, 0, false, VALID)),
                objectness("sigmoid_focal.objectness, focal", new SigmoidFocal(0.25, 2, false)),
                objectness("sigmoid_focal.objectness, objects everywhere", new SigmoidFocal(0.5, 1, false, VALID))
                        .withLabel("anchor_labels", 1),
                boxes("box_smooth_l1.over valid ones", new BoxSmoothL1(0.25, VALID)),
                boxes("box_smooth_l1.over valid ones, none", new BoxSmoothL1(0.25, VALID))
                        .withLabel("anchor_labels", -1),
                boxes("box_smooth_l1", 1),
                boxes("box_smooth_l1.beta 1/9", 1.0 / 9),
                boxes("box_smooth_l1.beta 0", 0),
                boxes("box_smooth_l1.beta 10", 10),
                boxes("box_smooth_l1.no objects", 1).withLabel("anchor_labels", 0),
                boxes("box_smooth_l1.everything ignored", 0).withLabel("anchor_labels", -1),
                boxes("box_smooth_l1.objects everywhere", 0.5).withLabel("anchor_labels", 2),
                boxes("box_smooth_l1.far away", 1).withPictures(p -> scaled(p, 100)));
    }

    private static OperatorCase classes(String name, Op op) {
        return OperatorCase.of(name, IMAGE, (g, x) -> {
            Node logits = g.mapRows(x, COLUMNS);
            g.output("loss", g.apply(op, logits, labels(g, logits)));
        });
    }

    /** One column: objects, background, ignored. */
    private static OperatorCase objectness(String name, SigmoidFocal op) {
        return OperatorCase.of(name, Shape.of(3, 2, 5, 4), (g, x) -> {
            Node logits = g.mapRows(x, 1);
            g.output("loss", g.apply(op, logits, labels(g, logits)));
        });
    }

    private static OperatorCase boxes(String name, double beta) {
        return boxes(name, new BoxSmoothL1(beta));
    }

    private static OperatorCase boxes(String name, BoxSmoothL1 op) {
        return OperatorCase.of(name, Shape.of(3, 8, 4, 5), (g, x) -> {
            Node encodings = g.mapRows(x, 4);
            Node targets = g.input("box_targets", DataType.F32, encodings.shape());
            g.output("loss", g.apply(op, encodings, targets, labels(g, encodings)));
        });
    }

    private static Node labels(GraphBuilder g, Node rows) {
        return g.input(
                "anchor_labels", DataType.I32, Shape.of(Shape.ANY, rows.shape().get(1)));
    }

    static Tensor.Floats scaled(Tensor.Floats picture, float factor) {
        float[] data = picture.data().clone();
        for (int i = 0; i < data.length; i++) {
            data[i] *= factor;
        }
        return new Tensor.Floats(picture.shape(), data);
    }
}
