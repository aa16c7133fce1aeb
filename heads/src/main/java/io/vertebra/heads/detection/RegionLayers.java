package io.vertebra.heads.detection;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Initializer;
import java.util.ArrayList;
import java.util.List;

/** The layers of a two-stage detector, under torchvision's names or mmdetection's. */
final class RegionLayers {
    private static final int BOX = 4;
    private static final Initializer NORMAL = new Initializer.Normal(0.01);

    private final FasterRcnnConfig config;
    private final GraphBuilder g;
    private final boolean torchvision;

    RegionLayers(FasterRcnnConfig config, GraphBuilder g) {
        this.config = config;
        this.g = g;
        this.torchvision = config.style() == FasterRcnnConfig.Style.TORCHVISION;
    }

    /** Two numbers for each node: what a predictor of classes and one of boxes say. */
    record Answer(Node classLogits, Node boxEncodings) {}

    /** The region proposal network, the same for every level: objectness (N, A, 1) and encodings (N, A, 4). */
    Answer proposing(List<Node> levels, int perCell) {
        GraphBuilder scope = torchvision ? g.in("rpn", "head") : g.in("rpn_head");
        Node first = levels.get(0);
        Node x = first;
        for (int i = 0; i < config.proposals().convs(); i++) {
            x = g.relu(convolution(i, scope, x));
        }
        Node logits = scope.conv(torchvision ? "cls_logits" : "rpn_cls", x, normal(1, perCell));
        Node encodings = scope.conv(torchvision ? "bbox_pred" : "rpn_reg", x, normal(1, BOX * perCell));
        List<Node> allLogits = new ArrayList<>();
        List<Node> allEncodings = new ArrayList<>();
        for (Node level : levels) {
            Node y = level == first ? x : Chain.again(x, first, level, g);
            allLogits.add(g.mapRows(level == first ? logits : g.again(logits, y), 1));
            allEncodings.add(g.mapRows(level == first ? encodings : g.again(encodings, y), BOX));
        }
        return new Answer(g.concat(allLogits.toArray(Node[]::new)), g.concat(allEncodings.toArray(Node[]::new)));
    }

    private Node convolution(int place, GraphBuilder scope, Node x) {
        Conv conv = normal(3, x.channels());
        if (torchvision) {
            return scope.in("conv", place).conv("0", x, conv);
        }
        return config.proposals().convs() == 1
                ? scope.conv("rpn_conv", x, conv)
                : scope.in("rpn_conv", place).conv("conv", x, conv);
    }

    private static Conv normal(int kernel, int out) {
        return Conv.of(kernel, out).withBias().initializer(NORMAL);
    }

    /** The second stage: the features of regions (R, C, h, w) → logits (R, classes) and encodings (R, 4 · classes). */
    Answer detecting(Node features, int classes) {
        Node x = config.box().convs() == 0 ? linear(g.flatten(features)) : convolved(features);
        GraphBuilder scope = torchvision ? g.in("roi_heads", "box_predictor") : g.in("roi_head", "bbox_head");
        return new Answer(
                scope.linear(torchvision ? "cls_score" : "fc_cls", x, classes),
                scope.linear(torchvision ? "bbox_pred" : "fc_reg", x, BOX * classes));
    }

    private Node linear(Node x) {
        int channels = config.box().channels();
        Node y = g.relu(
                torchvision ? boxHead().linear("fc6", x, channels) : boxHead().linear("shared_fcs.0", x, channels));
        return g.relu(
                torchvision ? boxHead().linear("fc7", y, channels) : boxHead().linear("shared_fcs.1", y, channels));
    }

    /** torchvision's second version: convolutions with norms, then one linear layer, all in a list. */
    private Node convolved(Node features) {
        int convs = config.box().convs();
        Node x = features;
        for (int i = 0; i < convs; i++) {
            GraphBuilder layer = torchvision ? boxHead().in(i) : boxHead().in("shared_convs", i);
            Node y = layer.conv(torchvision ? "0" : "conv", x, Conv.of(3, x.channels()));
            x = g.relu(layer.batchNorm(torchvision ? "1" : "bn", y));
        }
        String name = torchvision ? "" + (convs + 1) : "shared_fcs.0"; // behind the flattening
        return g.relu(boxHead().linear(name, g.flatten(x), config.box().channels()));
    }

    private GraphBuilder boxHead() {
        return torchvision ? g.in("roi_heads", "box_head") : g.in("roi_head", "bbox_head");
    }
}
