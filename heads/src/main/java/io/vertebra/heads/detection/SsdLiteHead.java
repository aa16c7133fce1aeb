package io.vertebra.heads.detection;

import io.vertebra.backbones.Backbone;
import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.region.BoxCoder;
import io.vertebra.graph.region.ClassNms;
import io.vertebra.graph.region.DefaultBoxes;
import io.vertebra.heads.DenseDetector;
import io.vertebra.heads.DenseHead;
import io.vertebra.heads.Trunk;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * SSDLite: SSD with depthwise separable convolutions everywhere. Form, names, anchors and coding as torchvision's.
 *
 * @see <a href="https://arxiv.org/abs/1801.04381">Sandler et al. 2018</a>, section 6.2
 */
public final class SsdLiteHead implements DenseHead<SsdLiteHead.Config> {

    private static final int MOST = 14;
    private static final int BACKBONE_LEVELS = 2;
    private static final BatchNorm NORM = new BatchNorm(1e-3, 0.03, false, 1);
    private static final List<Double> RATIOS = List.of(2.0, 3.0);
    private static final Initializer NORMAL = new Initializer.Normal(0.03);

    /**
     * Options.
     *
     * @param extraChannels of each level behind the backbone's
     * @param scoreThreshold a detection's score is greater
     * @param iouThreshold a box that overlaps a better one of its class by more is dropped
     * @param candidates boxes of a class that are compared at most
     * @param detections of a picture at most
     */
    public record Config(
            List<Integer> extraChannels,
            Double scoreThreshold,
            Double iouThreshold,
            Integer candidates,
            Integer detections) {
        /** Fills in and checks. */
        public Config {
            extraChannels = Predictions.checkedExtras(extraChannels, List.of(512, 256, 256, 128), MOST);
            scoreThreshold = Objects.requireNonNullElse(scoreThreshold, 0.001);
            iouThreshold = Objects.requireNonNullElse(iouThreshold, 0.55);
            candidates = Objects.requireNonNullElse(candidates, 300);
            detections = Objects.requireNonNullElse(detections, 300);
            selection(scoreThreshold, iouThreshold, candidates, detections);
        }

        private static ClassNms selection(double score, double iou, int candidates, int detections) {
            return new ClassNms(score, iou, candidates, ClassNms.ALL, detections);
        }

        ClassNms selection() {
            return selection(scoreThreshold, iouThreshold, candidates, detections);
        }

        DefaultBoxes defaultBoxes() {
            int levels = BACKBONE_LEVELS + extraChannels.size();
            return DefaultBoxes.spread(Collections.nCopies(levels, RATIOS), 0.2, 0.95, true);
        }
    }

    @Override
    public Class<Config> config() {
        return Config.class;
    }

    @Override
    public Config defaults() {
        return new Config(null, null, null, null, null);
    }

    @Override
    public void check(Config config, Backbone<?> backbone) {
        Predictions.coarsest("ssdlite", Trunk.of(backbone));
    }

    @Override
    public DenseDetector.Recipe recipe(Config config) {
        return new DenseDetector.Recipe(
                config.defaultBoxes()::boxes,
                BoxCoder.torchvision(),
                DenseDetector.Scores.SOFTMAX,
                config.selection(),
                true);
    }

    @Override
    public List<Node> levels(Config config, Trunk trunk, GraphBuilder g) {
        List<Node> levels = new ArrayList<>(Predictions.coarsest("ssdlite", trunk));
        for (int out : config.extraChannels()) {
            GraphBuilder layer = g.in("backbone", "extra", levels.size() - BACKBONE_LEVELS);
            Node x = list(levels.get(levels.size() - 1), normal(1, out / 2), layer.in(0));
            x = list(x, normal(3, out / 2).groups(out / 2).stride(2), layer.in(1));
            levels.add(list(x, normal(1, out), layer.in(2)));
        }
        return levels;
    }

    @Override
    public Map<String, Node> build(Config config, Trunk trunk, int classes, GraphBuilder g) {
        Predictions predictions = new Predictions();
        List<Node> levels = levels(config, trunk, g);
        DefaultBoxes boxes = config.defaultBoxes();
        GraphBuilder logits = g.in("head", "classification_head", "module_list");
        GraphBuilder encodings = g.in("head", "regression_head", "module_list");
        List<Node> maps = new ArrayList<>();
        for (int i = 0; i < levels.size(); i++) {
            maps.add(predictor(levels.get(i), boxes.perCell(i) * classes, logits.in(i)));
        }
        for (int i = 0; i < levels.size(); i++) {
            predictions.add(maps.get(i), predictor(levels.get(i), boxes.perCell(i) * 4, encodings.in(i)));
        }
        return predictions.outputs(classes, g);
    }

    private static Node predictor(Node x, int out, GraphBuilder g) {
        Node y = list(x, normal(3, x.channels()).groups(x.channels()), g.in(0));
        return g.conv("1", y, normal(1, out).withBias());
    }

    private static Node list(Node x, Conv conv, GraphBuilder g) {
        return g.relu6(g.batchNorm("1", g.conv("0", x, conv), NORM));
    }

    private static Conv normal(int kernel, int out) {
        return Conv.of(kernel, out).initializer(NORMAL);
    }
}
