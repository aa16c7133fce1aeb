package io.vertebra.graph.contract;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation.Function;
import io.vertebra.graph.op.BoxSmoothL1;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.HardNegativeCrossEntropy;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.Resize.Filter;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.util.ArrayList;
import java.util.List;

/** Small networks with the heads of segmentation and of dense detection, and with two heads on one trunk. */
final class DenseGraphs {
    static final SoftmaxCrossEntropy PIXELS = new SoftmaxCrossEntropy(0, 255);

    static final HardNegativeCrossEntropy HARD_NEGATIVES = new HardNegativeCrossEntropy(3, 0);

    private DenseGraphs() {}

    /** A trunk of stride 4. */
    static Node trunk(GraphBuilder g, Node x, Function function) {
        for (int i = 0; i < 2; i++) {
            Node y = g.conv("trunk.conv" + i, x, Conv.of(3, 16).stride(2));
            x = g.activation(function, g.batchNorm("trunk.bn" + i, y));
        }
        return x;
    }

    /** DeepLab's head in small: a dilated branch, one of the pooled picture, and the logits that they give. */
    static Node deepLab(GraphBuilder g, Node x, Function function, int classes) {
        Node dilated =
                g.batchNorm("aspp.bn", g.conv("aspp.conv", x, Conv.of(3, 8).dilation(2)));
        Node pooled = g.conv("pool.conv", g.adaptiveAveragePool(x, Size.of(1)), Conv.of(1, 8));
        pooled = g.activation(function, g.batchNorm("pool.bn", pooled));
        Node joined = g.concat(g.activation(function, dilated), g.resize(pooled, x, Filter.BILINEAR, false));
        return g.conv("logits", joined, Conv.of(1, classes).withBias());
    }

    /** UPerNet's head in small: three levels behind norms, pyramid pooling of the coarsest, sums downwards, all joined. */
    static Node uperNet(GraphBuilder g, Node x, Function function, boolean aligned, int classes) {
        List<Node> sides = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            x = g.activation(
                    function,
                    g.conv("stage" + i, x, Conv.of(3, 8 << i).stride(2).withBias()));
            sides.add(g.layerNorm("norm" + i, x, 1e-6));
        }
        Node above = pooled(g, sides.get(2), function, aligned);
        List<Node> joined = new ArrayList<>(List.of(above));
        for (int i = 1; i >= 0; i--) {
            Node side = plain(g, "lateral" + i, sides.get(i), function);
            above = g.add(side, g.resize(above, side, Filter.BILINEAR, aligned));
            joined.add(0, unit(g, "smooth" + i, above, function));
        }
        for (int i = 1; i < joined.size(); i++) {
            joined.set(i, g.resize(joined.get(i), joined.get(0), Filter.BILINEAR, aligned));
        }
        Node y = unit(g, "joined", g.concat(joined.toArray(Node[]::new)), function);
        return g.conv("logits", y, Conv.of(1, classes).withBias());
    }

    /** A map beside its means over grids of 1, 2, 3 and 6 cells a side. */
    static Node pooled(GraphBuilder g, Node x, Function function, boolean aligned) {
        List<Node> joined = new ArrayList<>(List.of(x));
        for (int grid : List.of(1, 2, 3, 6)) {
            Node mean = plain(g, "pool" + grid, g.adaptiveAveragePool(x, Size.of(grid)), function);
            joined.add(g.resize(mean, x, Filter.BILINEAR, aligned));
        }
        return unit(g, "pooled", g.concat(joined.toArray(Node[]::new)), function);
    }

    private static Node unit(GraphBuilder g, String name, Node x, Function function) {
        return g.activation(function, g.batchNorm(name + ".bn", g.conv(name + ".conv", x, Conv.of(3, 8))));
    }

    /** Without a norm: over six pooled values it enlarges rounding, and it leaves the shift before it no gradient. */
    private static Node plain(GraphBuilder g, String name, Node x, Function function) {
        return g.activation(function, g.conv(name, x, Conv.of(1, 8).withBias()));
    }

    /** The loss over logits enlarged to the picture. */
    static Node pixelLoss(GraphBuilder g, Node logits, Node image, String labels, boolean aligned, Op loss) {
        Node large = g.resize(logits, image, Filter.BILINEAR, aligned);
        Shape size = Shape.of(Shape.ANY, image.shape().h(), image.shape().w());
        return g.apply(loss, large, g.input(labels, DataType.I32, size));
    }

    static void segmentation(GraphBuilder g, Node x, Function function, boolean aligned, Op loss) {
        Node logits = deepLab(g, trunk(g, x, function), function, 5);
        g.output("logits", logits);
        g.output("loss", pixelLoss(g, logits, x, "labels", aligned, loss));
    }

    static void pyramid(GraphBuilder g, Node x, Function function, boolean aligned) {
        Node logits = uperNet(g, x, function, aligned, 5);
        g.output("logits", logits);
        g.output("loss", pixelLoss(g, logits, x, "labels", aligned, PIXELS));
    }

    /** SSD's head in small: two levels, the finer one scaled, 3 and 2 anchors a cell. */
    static void detection(GraphBuilder g, Node x, Function function, Op classLoss) {
        Node fine = trunk(g, x, function);
        Node coarse = g.activation(
                function, g.conv("extra", fine, Conv.of(3, 24).stride(2).withBias()));
        List<Node> levels = List.of(g.in("backbone").l2Norm(fine, 4), coarse);
        List<Node> classes = new ArrayList<>();
        List<Node> boxes = new ArrayList<>();
        for (int i = 0; i < levels.size(); i++) {
            int anchors = 3 - i;
            Node level = levels.get(i);
            classes.add(g.mapRows(
                    g.conv("classes" + i, level, Conv.of(3, anchors * 4).withBias()), 4));
            boxes.add(g.mapRows(
                    g.conv("boxes" + i, level, Conv.of(3, anchors * 4).withBias()), 4));
        }
        Node logits = g.concat(classes.toArray(Node[]::new));
        Node encodings = g.concat(boxes.toArray(Node[]::new));
        g.output("class_logits", logits);
        g.output("box_encodings", encodings);
        int anchors = logits.shape().get(1);
        Node labels = g.input("anchor_labels", DataType.I32, Shape.of(Shape.ANY, anchors));
        Node targets = g.input("box_targets", DataType.F32, Shape.of(Shape.ANY, anchors, 4));
        Node loss = g.apply(classLoss, logits, labels);
        Node boxLoss = g.apply(new BoxSmoothL1(1), encodings, targets, labels);
        g.output("class_loss", loss);
        g.output("box_loss", boxLoss);
        g.output("loss", g.weightedSum(List.of(loss, boxLoss), List.of(1.0, 0.5)));
    }

    /** A classifier and a segmentation head on one trunk. */
    static void joint(GraphBuilder g, Node x, Function function) {
        Node features = trunk(g, x, function);
        Node classes = g.linear("cls.fc", g.globalAveragePool(features), 4);
        Node classLabels = g.input("cls.labels", DataType.I32, Shape.of(Shape.ANY));
        Node classLoss = g.softmaxCrossEntropy(classes, classLabels, new SoftmaxCrossEntropy(0.1, -100));
        Node pixels = deepLab(g.in("seg"), features, function, 3);
        Node pixelLoss = pixelLoss(g.in("seg"), pixels, x, "seg.labels", false, PIXELS);
        g.output("cls.logits", classes);
        g.output("seg.logits", pixels);
        g.output("cls.loss", classLoss);
        g.output("seg.loss", pixelLoss);
        g.output("loss", g.weightedSum(List.of(classLoss, pixelLoss), List.of(0.25, 1.5)));
    }
}
