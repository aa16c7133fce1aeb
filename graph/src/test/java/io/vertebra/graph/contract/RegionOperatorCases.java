package io.vertebra.graph.contract;

import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.RegionLabels;
import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.op.RegionSmoothL1;
import io.vertebra.graph.op.RegionTargets;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands between the stages of a detector. Logits and encodings are numbers of the picture, moved and not changed, so
 * that the choices are the same in every precision.
 */
final class RegionOperatorCases {
    static final Shape FIXED_ROIS = Shape.of(Shape.ANY, 5);

    private static final SoftmaxCrossEntropy CLASSES = new SoftmaxCrossEntropy(0, -1);
    private static final List<Double> WEIGHTS = List.of(10.0, 10.0, 5.0, 5.0);

    private RegionOperatorCases() {}

    static List<OperatorCase> all() {
        List<OperatorCase> all = new ArrayList<>(proposals());
        all.addAll(List.of(
                samples("region_samples", new RegionSamples(8, 0.25, 0.5)),
                samples("region_samples.all positive", new RegionSamples(6, 1, 1e-4)),
                samples("region_samples.none positive", new RegionSamples(6, 0, 0.25)),
                samples("region_samples.fewer than truths", new RegionSamples(2, 1, 0.25)),
                samples("region_samples.more than candidates", new RegionSamples(40, 0.5, 0.375)),
                samples("region_samples.pictures without truths", new RegionSamples(7, 0.5, 0.5))
                        .withLabel("truth_labels", 0),
                samples("region_samples.one", new RegionSamples(1, 1, 0.75)),
                truths("region_labels", new RegionLabels(0.5), new RegionTargets(0.5, WEIGHTS), 1.0 / 9),
                truths("region_labels.nearly any", new RegionLabels(1e-3), new RegionTargets(1e-3, WEIGHTS), 1),
                truths("region_labels.equal ones", new RegionLabels(1), new RegionTargets(1, WEIGHTS), 0),
                truths(
                        "region_labels.weights of their own",
                        new RegionLabels(0.375),
                        new RegionTargets(0.25, List.of(1.0, 2.0, 0.5, 3.0)),
                        0.5),
                truths(
                                "region_labels.pictures without truths",
                                new RegionLabels(0.5),
                                new RegionTargets(0.5, WEIGHTS),
                                1)
                        .withLabel("truth_labels", 0),
                boxes("region_smooth_l1", 1),
                boxes("region_smooth_l1.beta 1/9", 1.0 / 9),
                boxes("region_smooth_l1.beta 0", 0),
                boxes("region_smooth_l1.beta 10", 10),
                boxes("region_smooth_l1.background only", 1).withLabel("labels", 0),
                boxes("region_smooth_l1.nothing counts", 1).withLabel("labels", -1),
                boxes("region_smooth_l1.the last class", 0.5).withLabel("labels", 2)));
        return all;
    }

    private static List<OperatorCase> proposals() {
        return List.of(
                levels("region_proposals.two levels", 30, 12, 0.5, 0.5),
                levels("region_proposals.ties", 30, 12, 0.5, 0.5).withPictures(RegionOperatorCases::coarse),
                levels("region_proposals.all of them", 1000, 420, 1, 0),
                levels("region_proposals.fewer than are wanted", 25, 300, 0.1, 2),
                levels("region_proposals.the best", 1, 1, 0.7, 0.001),
                levels("region_proposals.none overlap", 40, 30, 0, 1),
                levels("region_proposals.whole pictures", 30, 20, 0.5, 1)
                        .withInput(Input.SIZES, sizes -> sizes(sizes, 12, 14)),
                levels("region_proposals.small pictures", 30, 20, 0.5, 1)
                        .withInput(Input.SIZES, sizes -> sizes(sizes, 4.5f, 3)),
                levels("region_proposals.far beyond the picture", 40, 30, 0.7, 0.5)
                        .withPictures(p -> AnchorLossCases.scaled(p, 8)),
                levels("region_proposals.larger than a side can be", 40, 50, 0.7, 15),
                levels("region_proposals.likely ones", 40, 50, 0.7, 1, 0.6),
                OperatorCase.of("region_proposals.one level, 6 anchors", Shape.of(2, 30, 7, 5), (g, x) -> {
                    RegionProposals op = new RegionProposals(
                            List.of(List.of(3.0, 6.0)), List.of(List.of(0.5, 1.0, 2.0)), 50, 25, 0.6, 0.25);
                    g.output("y", propose(g, x, List.of(x), op));
                }));
    }

    /** Anchors of 1 and 2 forms a cell, on every cell of the picture and on every second one. */
    private static OperatorCase levels(String name, int before, int count, double overlap, double minSide) {
        return levels(name, before, count, overlap, minSide, 0);
    }

    private static OperatorCase levels(
            String name, int before, int count, double overlap, double minSide, double minScore) {
        RegionProposals op = new RegionProposals(
                List.of(List.of(4.0), List.of(6.0, 9.0)),
                List.of(List.of(0.5), List.of(1.0)),
                before,
                count,
                overlap,
                minSide,
                minScore);
        return OperatorCase.of(name, Shape.of(3, 10, 12, 14), (g, x) -> {
            g.output("y", propose(g, x, SharedCases.levels(g, x).subList(0, 2), op));
        });
    }

    /** Proposals of the first channels of each level: logits, then encodings. */
    static Node propose(GraphBuilder g, Node picture, List<Node> levels, RegionProposals op) {
        List<Node> logits = new ArrayList<>();
        List<Node> encodings = new ArrayList<>();
        for (int level = 0; level < levels.size(); level++) {
            int anchors = op.perCell(level);
            logits.add(g.mapRows(g.slice(levels.get(level), 0, anchors), 1));
            encodings.add(g.mapRows(g.slice(levels.get(level), anchors, 5 * anchors), 4));
        }
        return propose(g, picture, levels, joined(g, logits), joined(g, encodings), op);
    }

    static Node joined(GraphBuilder g, List<Node> rows) {
        return rows.size() == 1 ? rows.get(0) : g.concat(rows.toArray(Node[]::new));
    }

    static Node propose(
            GraphBuilder g, Node picture, List<Node> levels, Node logits, Node encodings, RegionProposals op) {
        List<Node> inputs = new ArrayList<>(List.of(logits, encodings));
        inputs.add(g.input(Input.SIZES, DataType.F32, Shape.of(Shape.ANY, 2)));
        inputs.add(picture);
        inputs.addAll(levels);
        return g.apply(op, inputs.toArray(Node[]::new));
    }

    /** The objects of pictures. */
    record Objects(Node truths, Node labels) {
        static Objects of(GraphBuilder g) {
            return new Objects(
                    g.input("truths", DataType.F32, Shape.of(Shape.ANY, Shape.ANY, 4)),
                    g.input("truth_labels", DataType.I32, Shape.of(Shape.ANY, Shape.ANY)));
        }
    }

    private static OperatorCase samples(String name, RegionSamples op) {
        return OperatorCase.of(name, Shape.of(3, 4, 16, 18), (g, x) -> {
            Objects objects = Objects.of(g);
            Node rois = g.input("rois", DataType.F32, FIXED_ROIS);
            Node samples = g.apply(op, rois, objects.truths, objects.labels);
            g.output("samples", samples);
            g.output("features", g.roiAlign(x, samples, new RoiAlign(Size.of(2), 1, 2, false)));
        });
    }

    /** A second stage over given regions: computed labels and targets in both losses. */
    private static OperatorCase truths(String name, RegionLabels label, RegionTargets target, double beta) {
        return OperatorCase.of(name, Shape.of(3, 4, 16, 18), (g, x) -> {
            Objects objects = Objects.of(g);
            Node rois = g.input("rois", DataType.F32, FIXED_ROIS);
            Node labels = g.apply(label, rois, objects.truths, objects.labels);
            Node targets = g.apply(target, rois, objects.truths, objects.labels);
            Node features = g.flatten(g.roiAlign(x, rois, new RoiAlign(Size.of(2), 1, 2, false)));
            Node classLogits = g.linear("classes", features, 4);
            Node encodings = g.linear("boxes", features, 16);
            g.output("targets", targets);
            g.output("loss.class", g.softmaxCrossEntropy(classLogits, labels, CLASSES));
            g.output("loss.box", g.apply(new RegionSmoothL1(beta), encodings, targets, labels));
        });
    }

    private static OperatorCase boxes(String name, double beta) {
        return OperatorCase.of(name, Shape.of(9, 12, 1, 1), (g, x) -> {
            Node targets = g.input("targets", DataType.F32, Shape.of(Shape.ANY, 4));
            Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
            g.output("loss", g.apply(new RegionSmoothL1(beta), g.flatten(x), targets, labels));
        });
    }

    private static Tensor.Floats sizes(Tensor usual, float height, float width) {
        float[] sizes = new float[(int) usual.shape().elements()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = i % 2 == 0 ? height : width;
        }
        return new Tensor.Floats(usual.shape(), sizes);
    }

    /** Halves, so that many logits and boxes are equal. */
    private static Tensor.Floats coarse(Tensor.Floats picture) {
        float[] data = picture.data().clone();
        for (int i = 0; i < data.length; i++) {
            data[i] = Math.round(2 * data[i]) / 2f;
        }
        return new Tensor.Floats(picture.shape(), data);
    }
}
