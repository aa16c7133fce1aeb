package io.vertebra.heads.detection;

import io.vertebra.backbones.Backbone;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.MaxPool;
import io.vertebra.graph.op.RegionLabels;
import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.op.RegionTargets;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.region.Anchors;
import io.vertebra.graph.region.BalancedSampler;
import io.vertebra.graph.region.BoxCoder;
import io.vertebra.graph.region.Matcher;
import io.vertebra.heads.DetectionHead;
import io.vertebra.heads.Detector;
import io.vertebra.heads.LevelSizes;
import io.vertebra.heads.Trunk;
import io.vertebra.heads.TwoStageDetector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Faster R-CNN: a network proposes regions, a second stage says what each of them shows and where exactly it lies.
 *
 * <p>Outputs {@code rpn.class_logits} (N, A, 1), {@code rpn.box_encodings} (N, A, 4), {@code proposals} (N·P, 5), {@code
 * roi.class_logits} (N·P, classes), {@code roi.box_encodings} (N·P, 4·classes). Training has the inputs {@code rpn_labels}
 * I32 (N, A), {@code rpn_targets} (N, A, 4), {@code truths} (N, M, 4), {@code truth_labels} I32 (N, M), and the outputs
 * {@code samples} (N·S, 5), {@code sample.labels} I32 (N·S), {@code sample.targets} (N·S, 4), {@code sample.class_logits},
 * {@code sample.box_encodings}.
 *
 * @see <a href="https://arxiv.org/abs/1506.01497">Ren et al. 2015</a>, on levels as Lin et al., arXiv:1612.03144, section 4
 */
public final class FasterRcnnHead implements DetectionHead<FasterRcnnConfig> {

    /** torchvision's least side of a detection in pixels. */
    private static final double MIN_SIDE = 1e-2;

    /** Sides of the usual anchors: so many cells of their level. */
    private static final int CELLS = 8;

    @Override
    public Class<FasterRcnnConfig> config() {
        return FasterRcnnConfig.class;
    }

    @Override
    public FasterRcnnConfig defaults() {
        return new FasterRcnnConfig(null, null, null, null, null, null);
    }

    @Override
    public void check(FasterRcnnConfig config, Backbone<?> backbone) {
        levels(config, Trunk.of(backbone), new GraphBuilder());
    }

    /** All levels of the trunk; the network that proposes regions is the same for each. */
    @Override
    public List<Node> levels(FasterRcnnConfig config, Trunk trunk, GraphBuilder g) {
        List<Node> levels = trunk.pyramid().levels();
        if (levels.stream().map(Node::channels).distinct().count() > 1) {
            throw new GraphException(
                    "faster_rcnn",
                    "needs levels of equal channels, " + trunk.backbone().name() + " has "
                            + trunk.pyramid().channels() + "; put a neck between: {name: fpn}");
        }
        List<Integer> reductions =
                levels.stream().map(Node::reduction).distinct().toList();
        for (int i = 1; i < reductions.size(); i++) {
            if (reductions.get(i) != 2 * reductions.get(i - 1)) {
                throw new GraphException(
                        "faster_rcnn",
                        "needs levels that halve from one to the next, "
                                + trunk.backbone().name() + " has the reductions " + reductions
                                + "; the neck's option levels chooses some");
            }
        }
        sizes(config, levels);
        return levels;
    }

    /** The anchors' sides for each level. */
    private static List<List<Double>> sizes(FasterRcnnConfig config, List<Node> levels) {
        List<Double> sizes = config.anchors().sizes();
        if (config.anchors().everyLevel()) {
            return Collections.nCopies(levels.size(), sizes);
        }
        if (sizes == null) {
            return levels.stream()
                    .map(level -> List.of((double) CELLS * level.reduction()))
                    .toList();
        }
        if (sizes.size() != levels.size()) {
            throw new GraphException(
                    "sizes",
                    "are " + sizes.size() + ", there are " + levels.size() + " levels, reductions "
                            + levels.stream().map(Node::reduction).toList());
        }
        return sizes.stream().map(List::of).toList();
    }

    @Override
    public Map<String, Node> build(FasterRcnnConfig config, Trunk trunk, int classes, GraphBuilder g) {
        List<Node> levels = levels(config, trunk, g);
        RegionLayers layers = new RegionLayers(config, g);
        List<List<Double>> sizes = sizes(config, levels);
        int perCell = sizes.get(0).size() * config.anchors().ratios().size();
        RegionLayers.Answer proposing = layers.proposing(levels, perCell);
        List<Node> inputs = new ArrayList<>(
                List.of(proposing.classLogits(), proposing.boxEncodings(), trunk.sizes(), trunk.input()));
        inputs.addAll(levels);
        FasterRcnnConfig.Proposals options = config.proposals();
        RegionProposals op = new RegionProposals(
                sizes,
                ratios(config, levels.size()),
                options.testBeforeNms(),
                options.testAfterNms(),
                options.nms(),
                options.minSide(),
                options.minScore());
        Node proposals = g.apply(op, inputs.toArray(Node[]::new));
        RegionLayers.Answer detecting = layers.detecting(pooled(config, levels, proposals, g), classes);
        Map<String, Node> outputs = new LinkedHashMap<>();
        outputs.put("rpn.class_logits", proposing.classLogits());
        outputs.put("rpn.box_encodings", proposing.boxEncodings());
        outputs.put("proposals", proposals);
        outputs.put("roi.class_logits", detecting.classLogits());
        outputs.put("roi.box_encodings", detecting.boxEncodings());
        return outputs;
    }

    private static List<List<Double>> ratios(FasterRcnnConfig config, int levels) {
        return Collections.nCopies(levels, config.anchors().ratios());
    }

    /** Regions are cut from the first level of each size; one that is only every other cell of another has nothing to add. */
    private static Node pooled(FasterRcnnConfig config, List<Node> levels, Node regions, GraphBuilder g) {
        List<Node> cut = new ArrayList<>();
        List<Double> scales = new ArrayList<>();
        for (Node level : levels) {
            double scale = 1.0 / level.reduction();
            if (!(level.op() instanceof MaxPool) && !scales.contains(scale)) {
                cut.add(level);
                scales.add(scale);
            }
        }
        Size bins = Size.of(config.box().pooled());
        return g.roiAlign(cut, regions, new RoiAlign(bins, scales, config.box().samplingRatio(), false));
    }

    @Override
    public Map<String, Node> training(
            FasterRcnnConfig config, Trunk trunk, int classes, Map<String, Node> before, GraphBuilder g) {
        int room = config.truths();
        Node truths = g.named("truths", new Input(DataType.F32, Shape.of(Shape.ANY, room, 4)));
        Node truthLabels = g.named("truth_labels", new Input(DataType.I32, Shape.of(Shape.ANY, room)));
        FasterRcnnConfig.Box box = config.box();
        Node proposals = g.apply(
                training(config.proposals(), (RegionProposals)
                        before.get("proposals").op()),
                before.get("proposals").inputs().toArray(Node[]::new));
        Node samples = g.apply(
                new RegionSamples(box.samples(), box.positiveShare(), box.positive()), proposals, truths, truthLabels);
        Node logits = before.get("roi.class_logits");
        Node pooled = Chain.before(logits, RoiAlign.class);
        List<Node> cut = pooled.inputs().subList(0, pooled.inputs().size() - 1);
        Node features = g.roiAlign(cut, samples, (RoiAlign) pooled.op());
        Node last = Chain.again(logits.inputs().get(0), pooled, features, g);
        Map<String, Node> outputs = new LinkedHashMap<>();
        outputs.put("rpn_labels", g.named("rpn_labels", new Input(DataType.I32, Shape.of(Shape.ANY, Shape.ANY))));
        outputs.put("rpn_targets", g.named("rpn_targets", new Input(DataType.F32, Shape.of(Shape.ANY, Shape.ANY, 4))));
        outputs.put("truths", truths);
        outputs.put("truth_labels", truthLabels);
        outputs.put("samples", samples);
        outputs.put("sample.labels", g.apply(new RegionLabels(box.positive()), samples, truths, truthLabels));
        outputs.put(
                "sample.targets",
                g.apply(new RegionTargets(box.positive(), box.coderWeights()), samples, truths, truthLabels));
        outputs.put("sample.class_logits", g.again(logits, last));
        outputs.put("sample.box_encodings", g.again(before.get("roi.box_encodings"), last));
        return outputs;
    }

    private static RegionProposals training(FasterRcnnConfig.Proposals options, RegionProposals op) {
        return new RegionProposals(
                op.sizes(),
                op.ratios(),
                options.beforeNms(),
                options.afterNms(),
                op.overlap(),
                op.minSide(),
                op.minScore());
    }

    @Override
    public Detector detector(FasterRcnnConfig config, LevelSizes levels) {
        FasterRcnnConfig.Proposals proposals = config.proposals();
        List<Double> weights = config.box().coderWeights();
        FasterRcnnConfig.Limits limits = config.detections();
        return new TwoStageDetector(
                levels,
                new TwoStageDetector.Proposing(
                        anchors(config, levels)::boxes,
                        new BoxCoder(1, 1, 1, 1, BoxCoder.Order.X_FIRST),
                        new Matcher(proposals.positive(), proposals.negative(), true),
                        new BalancedSampler(proposals.samples(), proposals.positiveShare()),
                        config.truths()),
                new TwoStageDetector.Detecting(
                        new BoxCoder(
                                weights.get(0), weights.get(1), weights.get(2), weights.get(3), BoxCoder.Order.X_FIRST),
                        limits.score(),
                        limits.nms(),
                        limits.perImage(),
                        MIN_SIDE));
    }

    private static Anchors anchors(FasterRcnnConfig config, LevelSizes levels) {
        return new Anchors(
                sizes(config, levels.nodes()), ratios(config, levels.nodes().size()));
    }
}
