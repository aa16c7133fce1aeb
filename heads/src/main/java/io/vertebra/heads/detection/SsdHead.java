package io.vertebra.heads.detection;

import io.vertebra.backbones.Backbone;
import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.region.BoxCoder;
import io.vertebra.graph.region.ClassNms;
import io.vertebra.graph.region.DefaultBoxes;
import io.vertebra.graph.region.SsdAnchors;
import io.vertebra.heads.DenseDetector;
import io.vertebra.heads.DenseHead;
import io.vertebra.heads.Trunk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * SSD: classes and boxes of anchors of several sizes, from the two coarsest levels of the backbone and from ever coarser
 * ones behind them.
 *
 * @see <a href="https://arxiv.org/abs/1512.02325">Liu et al. 2016</a>, figure 2
 */
public final class SsdHead implements DenseHead<SsdHead.Config> {

    /** Whose form, names, anchors and coding. */
    public enum Style {
        /** 1×1 predictors, norms, sigmoid scores, anchors of the multiple grid generator; TensorFlow's, names as mmdetection's. */
        TENSORFLOW,
        /**
         * 3×3 predictors, no norms, the finest level scaled to length 20, softmax scores; torchvision's SSD300, and with
         * five extra levels the paper's SSD512.
         */
        TORCHVISION
    }

    /** Levels behind the backbone's at most. */
    private static final int MOST = 14;

    private static final int BACKBONE_LEVELS = 2;

    /** Levels behind the backbone's in SSD512; SSD300 has one less. */
    private static final int SSD512_EXTRAS = 5;

    /** The authors' for COCO: the finest level's have 0.04 of the picture's side, the others 0.1 to 0.9, evenly spread. */
    private static final DefaultBoxes SSD512 = new DefaultBoxes(
            List.of(
                    List.of(2.0),
                    List.of(2.0, 3.0),
                    List.of(2.0, 3.0),
                    List.of(2.0, 3.0),
                    List.of(2.0, 3.0),
                    List.of(2.0),
                    List.of(2.0)),
            List.of(0.04, 0.1, 0.26, 0.42, 0.58, 0.74, 0.9, 1.06),
            List.of(),
            true);

    private static final double LENGTH = 20;
    private static final Size SSD300 = Size.of(300);
    private static final List<Double> RATIOS = List.of(1.0, 2.0, 0.5, 3.0, 1.0 / 3);
    private static final Initializer NORMAL = new Initializer.Normal(0.03);

    /**
     * Options.
     *
     * @param style whose form, names, anchors and coding
     * @param extraChannels of each level behind the backbone's; in torchvision's form five are those of SSD512
     * @param scoreThreshold a detection's score is greater
     * @param iouThreshold a box that overlaps a better one of its class by more is dropped
     * @param candidates boxes of a class that are compared at most
     * @param detections of a picture at most
     */
    public record Config(
            Style style,
            List<Integer> extraChannels,
            Double scoreThreshold,
            Double iouThreshold,
            Integer candidates,
            Integer detections) {
        /** Fills in and checks. */
        public Config {
            style = Objects.requireNonNullElse(style, Style.TENSORFLOW);
            boolean tensorflow = style == Style.TENSORFLOW;
            extraChannels = Predictions.checkedExtras(
                    extraChannels,
                    tensorflow ? List.of(512, 256, 256, 128) : List.of(512, 256, 256, 256),
                    tensorflow ? MOST : SSD512_EXTRAS);
            scoreThreshold = Objects.requireNonNullElse(scoreThreshold, 0.01);
            iouThreshold = Objects.requireNonNullElse(iouThreshold, tensorflow ? 0.6 : 0.45);
            candidates = Objects.requireNonNullElse(candidates, 400);
            detections = Objects.requireNonNullElse(detections, tensorflow ? 100 : 200);
            selection(scoreThreshold, iouThreshold, candidates, detections);
        }

        private static ClassNms selection(double score, double iou, int candidates, int detections) {
            return new ClassNms(score, iou, candidates, ClassNms.ALL, detections);
        }

        ClassNms selection() {
            return selection(scoreThreshold, iouThreshold, candidates, detections);
        }

        int levels() {
            return BACKBONE_LEVELS + extraChannels.size();
        }

        SsdAnchors gridAnchors() {
            return new SsdAnchors(levels(), 0.2, 0.95, RATIOS, true);
        }

        boolean ssd512() {
            return extraChannels.size() == SSD512_EXTRAS;
        }

        /** The published boxes; SSD300's steps are those of a picture of 300×300, others are divided evenly. */
        DefaultBoxes defaultBoxes(boolean steps) {
            if (ssd512()) {
                return SSD512;
            }
            DefaultBoxes all = DefaultBoxes.ssd300();
            return new DefaultBoxes(
                    all.ratios().subList(0, levels()),
                    all.scales().subList(0, levels() + 1),
                    steps ? all.steps().subList(0, levels()) : List.of(),
                    true);
        }

        int perCell(int level) {
            return style == Style.TENSORFLOW
                    ? gridAnchors().perCell(level)
                    : defaultBoxes(false).perCell(level);
        }
    }

    @Override
    public Class<Config> config() {
        return Config.class;
    }

    @Override
    public Config defaults() {
        return new Config(null, null, null, null, null, null);
    }

    @Override
    public void check(Config config, Backbone<?> backbone) {
        Predictions.coarsest("ssd", Trunk.of(backbone));
    }

    @Override
    public DenseDetector.Recipe recipe(Config config) {
        return config.style() == Style.TENSORFLOW
                ? new DenseDetector.Recipe(
                        config.gridAnchors()::boxes,
                        BoxCoder.tensorflow(),
                        DenseDetector.Scores.SIGMOID,
                        config.selection(),
                        false)
                : new DenseDetector.Recipe(
                        (picture, grids) ->
                                config.defaultBoxes(picture.equals(SSD300)).boxes(picture, grids),
                        BoxCoder.torchvision(),
                        DenseDetector.Scores.SOFTMAX,
                        config.selection(),
                        true);
    }

    @Override
    public List<Node> levels(Config config, Trunk trunk, GraphBuilder g) {
        List<Node> own = Predictions.coarsest("ssd", trunk);
        return config.style() == Style.TENSORFLOW ? tensorflow(own, config, g) : torchvision(own, config, g);
    }

    private static List<Node> tensorflow(List<Node> own, Config config, GraphBuilder g) {
        List<Node> levels = new ArrayList<>(own);
        for (int out : config.extraChannels()) {
            GraphBuilder layer = g.in("neck", "extra_layers", levels.size() - BACKBONE_LEVELS);
            Node x = module(levels.get(levels.size() - 1), normal(1, out / 2), layer.in(0));
            levels.add(module(x, normal(3, out).stride(2), layer.in(1)));
        }
        return levels;
    }

    private static Node module(Node x, Conv conv, GraphBuilder g) {
        return g.relu6(g.batchNorm("bn", g.conv("conv", x, conv)));
    }

    private static Conv normal(int kernel, int out) {
        return Conv.of(kernel, out).initializer(NORMAL);
    }

    /**
     * Section 3 of the paper: in SSD300 two levels shrink by stride, then two by the loss of their border; in SSD512 four
     * by stride, and a kernel of 4 makes one cell of the last two.
     */
    private static List<Node> torchvision(List<Node> own, Config config, GraphBuilder g) {
        GraphBuilder backbone = g.in("backbone");
        List<Node> levels = new ArrayList<>(List.of(backbone.l2Norm(own.get(0), LENGTH), own.get(1)));
        for (int out : config.extraChannels()) {
            int place = levels.size() - BACKBONE_LEVELS;
            GraphBuilder layer = backbone.in("extra", 1 + place); // 0 is torchvision's rest of the backbone
            Node last = levels.get(levels.size() - 1);
            Node x = g.relu(layer.conv("0", last, glorot(1, last, out / 2)));
            levels.add(g.relu(layer.conv("2", x, shrinking(place, x, out, config.ssd512()))));
        }
        return levels;
    }

    private static Conv shrinking(int place, Node x, int out, boolean ssd512) {
        if (ssd512 && place == SSD512_EXTRAS - 1) {
            return glorot(4, x, out).padding(Padding.of(1));
        }
        Conv conv = glorot(3, x, out);
        return ssd512 || place < 2 ? conv.stride(2) : conv.padding(Padding.none());
    }

    private static Conv glorot(int kernel, Node x, int out) {
        return Conv.of(kernel, out)
                .withBias()
                .initializer(new Initializer.Uniform(6.0 * x.channels() / (x.channels() + out)));
    }

    @Override
    public Map<String, Node> build(Config config, Trunk trunk, int classes, GraphBuilder g) {
        Predictions predictions = new Predictions();
        List<Node> levels = levels(config, trunk, g);
        boolean tensorflow = config.style() == Style.TENSORFLOW;
        List<Node> logits = new ArrayList<>();
        for (int i = 0; i < levels.size(); i++) {
            int out = config.perCell(i) * classes;
            logits.add(
                    tensorflow
                            ? g.in("bbox_head", "cls_convs", i)
                                    .conv("0", levels.get(i), normal(1, out).withBias(Predictions.PRIOR_LOGIT))
                            : g.in("head", "classification_head", "module_list")
                                    .conv("" + i, levels.get(i), glorot(3, levels.get(i), out)));
        }
        for (int i = 0; i < levels.size(); i++) {
            int out = config.perCell(i) * 4;
            predictions.add(
                    logits.get(i),
                    tensorflow
                            ? g.in("bbox_head", "reg_convs", i)
                                    .conv("0", levels.get(i), normal(1, out).withBias())
                            : g.in("head", "regression_head", "module_list")
                                    .conv("" + i, levels.get(i), glorot(3, levels.get(i), out)));
        }
        return predictions.outputs(classes, g);
    }
}
