package io.vertebra.graph.contract;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.contract.RegionOperatorCases.Objects;
import io.vertebra.graph.op.Activation.Function;
import io.vertebra.graph.op.AnchorAverage;
import io.vertebra.graph.op.BoxSmoothL1;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.RegionLabels;
import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.op.RegionSmoothL1;
import io.vertebra.graph.op.RegionTargets;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SigmoidFocal;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.util.ArrayList;
import java.util.List;

/**
 * A two-stage detector in small: a region proposal network that is the same for two levels, regions, samples of them, and
 * a head for regions that is the same for proposals and samples.
 *
 * <p>The network proposes from the picture by one convolution, whose products are exact in every precision if the
 * parameters are; so rounding decides no choice.
 */
final class TwoStageGraphs {
    private static final int CLASSES = 4;
    private static final double OVERLAP = 0.5;
    private static final double BETA = 1.0 / 9;

    private TwoStageGraphs() {}

    /** What the first stage chooses. */
    record Choice(int before, int count, double overlap, RegionSamples samples) {

        /** A selection at every step. */
        static final Choice USUAL = new Choice(60, 24, 0.6, new RegionSamples(10, 0.5, OVERLAP));

        /** All anchors are proposals and all of them samples: their order alone depends on logits, and no loss on it. */
        static final Choice ALL = new Choice(1000, 100, 1, new RegionSamples(104, 1, OVERLAP));

        private RegionProposals op(int wanted) {
            return new RegionProposals(
                    List.of(List.of(14.0), List.of(32.0)),
                    List.of(List.of(1.0), List.of(0.5)),
                    before,
                    wanted,
                    overlap,
                    0.001);
        }
    }

    /** Both stages with their four losses and what they say of proposals, for pictures of 32 by 40 with 3 channels. */
    static void detector(GraphBuilder g, Node x, Choice choice) {
        Second second = losses(g, x, choice);
        second.outputs(g);
    }

    /** The losses of both stages, which do not depend on the order of proposals that are all sampled. */
    static Second losses(GraphBuilder g, Node x, Choice choice) {
        List<Node> levels = List.of(g.maxPool(x, 1, 4, 0), g.maxPool(x, 1, 8, 0));
        Node conv = g.conv("rpn.class", levels.get(0), Conv.of(1, 1).withBias());
        Node boxConv = g.conv("rpn.box", levels.get(0), Conv.of(1, 4).withBias());
        Node logits = g.concat(g.mapRows(conv, 1), g.mapRows(g.again(conv, levels.get(1)), 1));
        Node encodings = g.concat(g.mapRows(boxConv, 4), g.mapRows(g.again(boxConv, levels.get(1)), 4));
        Node proposals = RegionOperatorCases.propose(g, x, levels, logits, encodings, choice.op(choice.count));
        Objects objects = Objects.of(g);
        Node samples = g.apply(choice.samples, proposals, objects.truths(), objects.labels());

        int anchors = logits.shape().get(1);
        Node anchorLabels = g.input("rpn_labels", DataType.I32, Shape.of(Shape.ANY, anchors));
        Node anchorTargets = g.input("rpn_targets", DataType.F32, Shape.of(Shape.ANY, anchors, 4));
        SigmoidFocal objectness = new SigmoidFocal(-1, 0, false, AnchorAverage.VALID);
        List<Node> losses = new ArrayList<>();
        losses.add(g.apply(objectness, logits, anchorLabels));
        losses.add(g.apply(new BoxSmoothL1(BETA, AnchorAverage.VALID), encodings, anchorTargets, anchorLabels));
        Second second = Second.of(g, x, proposals, samples, objects);
        losses.addAll(second.losses);
        List<String> names = List.of("loss.rpn_class", "loss.rpn_box", "loss.class", "loss.box");
        for (int i = 0; i < names.size(); i++) {
            g.output(names.get(i), losses.get(i));
        }
        g.output("loss", g.weightedSum(losses, List.of(1.0, 1.0, 0.5, 2.0)));
        return second;
    }

    /** The second stage alone, over regions that are numbers of the picture: 10 channels of 12 by 14. */
    static void second(GraphBuilder g, Node x, RegionSamples draw) {
        RegionProposals op = new RegionProposals(
                List.of(List.of(5.0), List.of(9.0)), List.of(List.of(1.0), List.of(0.5)), 50, 20, 0.7, 0.5);
        Node proposals =
                RegionOperatorCases.propose(g, x, SharedCases.levels(g, x).subList(0, 2), op);
        Objects objects = Objects.of(g);
        Node samples = g.apply(draw, proposals, objects.truths(), objects.labels());
        Second second = Second.of(g, x, proposals, samples, objects);
        g.output("loss", g.weightedSum(second.losses, List.of(1.0, 0.5)));
        second.outputs(g);
    }

    /**
     * The second stage: its losses over samples, and what it says of proposals.
     *
     * @param hidden layers that samples have gone through, for proposals to go through them too
     */
    record Second(List<Node> losses, Node proposals, List<Node> maps, List<Node> hidden) {
        private static final RoiAlign ALIGN = new RoiAlign(Size.of(3), List.of(1.0, 0.5), 2, false);

        static Second of(GraphBuilder g, Node x, Node proposals, Node samples, Objects objects) {
            Node fine =
                    g.activation(Function.SILU, g.conv("fpn.0", x, Conv.of(3, 8).withBias()));
            Node coarse = g.activation(
                    Function.SILU, g.conv("fpn.1", fine, Conv.of(3, 8).stride(2).withBias()));
            List<Node> maps = List.of(fine, coarse);
            Node hidden = g.linear("roi.fc", g.flatten(g.roiAlign(maps, samples, ALIGN)), 12);
            Node active = g.activation(Function.TANH, hidden);
            Node classes = g.linear("roi.class", active, CLASSES);
            Node boxes = g.linear("roi.box", active, 4 * CLASSES);
            Node labels = g.apply(new RegionLabels(OVERLAP), samples, objects.truths(), objects.labels());
            RegionTargets target = new RegionTargets(OVERLAP, List.of(10.0, 10.0, 5.0, 5.0));
            Node targets = g.apply(target, samples, objects.truths(), objects.labels());
            List<Node> losses = List.of(
                    g.softmaxCrossEntropy(classes, labels, new SoftmaxCrossEntropy(0, -1)),
                    g.apply(new RegionSmoothL1(BETA), boxes, targets, labels));
            return new Second(losses, proposals, maps, List.of(hidden, classes, boxes));
        }

        void outputs(GraphBuilder g) {
            Node features = g.flatten(g.roiAlign(maps, proposals, ALIGN));
            Node active = g.activation(Function.TANH, g.again(hidden.get(0), features));
            g.output("proposals", proposals);
            g.output("roi.class_logits", g.again(hidden.get(1), active));
            g.output("roi.box_encodings", g.again(hidden.get(2), active));
        }
    }
}
