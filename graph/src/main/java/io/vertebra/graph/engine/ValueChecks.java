package io.vertebra.graph.engine;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Labelled;
import io.vertebra.graph.op.RegionLabels;
import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.op.RegionSmoothL1;
import io.vertebra.graph.op.RegionTargets;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.RoiPool;
import io.vertebra.graph.op.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What numbers of a batch must be, by the operators that read them: classes, regions, boxes, sizes of pictures. */
final class ValueChecks {
    private static final int NUMBERS_OF_A_ROI = 5;

    /** The largest coordinate: areas stay finite. */
    private static final float LARGEST = 0x1p60f;

    /** One rule; throws for the first number that breaks it, and allocates nothing else. */
    @FunctionalInterface
    private interface Rule {
        void check(String name, Tensor given, Map<String, Tensor> inputs);
    }

    /** An input and one of its rules. */
    private record Entry(String name, Rule rule) {}

    private final List<Entry> entries = new ArrayList<>();

    ValueChecks(Graph graph) {
        for (Node node : graph.nodes()) {
            List<Node> inputs = node.inputs();
            if (node.op() instanceof Labelled op) {
                Shape logits = inputs.get(0).shape();
                int classes = op.classes(logits.get(logits.rank() == 3 ? 2 : 1));
                labels(inputs.get(1), classes, op.ignore());
            } else if (node.op() instanceof RegionSmoothL1) {
                int classes = inputs.get(0).shape().c() / 4;
                labels(inputs.get(2), classes, RegionSmoothL1.IGNORE);
            } else if (node.op() instanceof RoiAlign || node.op() instanceof RoiPool) {
                add(inputs.get(inputs.size() - 1), ValueChecks::pictures);
            } else if (node.op() instanceof RegionProposals) {
                add(inputs.get(2), ValueChecks::sizes);
            } else if (readsTruths(node)) {
                add(inputs.get(0), ValueChecks::pictures);
                add(inputs.get(0), ValueChecks::coordinates);
                add(inputs.get(1), ValueChecks::coordinates);
                classes(inputs.get(2), Integer.MAX_VALUE);
            }
        }
    }

    /** Throws unless the inputs of the graph, which are there and of their types, hold what is read from them. */
    void check(Map<String, Tensor> inputs) {
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            entry.rule.check(entry.name, inputs.get(entry.name), inputs);
        }
    }

    private static boolean readsTruths(Node node) {
        return node.op() instanceof RegionSamples
                || node.op() instanceof RegionLabels
                || node.op() instanceof RegionTargets;
    }

    private void add(Node node, Rule rule) {
        if (node.op() instanceof Input) {
            entries.add(new Entry(node.name(), rule));
        }
    }

    /** Labels of a loss; those that are computed come from the labels of the truths. */
    private void labels(Node labels, int classes, int ignore) {
        if (labels.op() instanceof RegionLabels) {
            classes(labels.inputs().get(2), classes);
        } else {
            String allowed = "the model has " + classes + " classes from 0 (" + ignore + " is ignored)";
            add(labels, (name, given, inputs) -> labels(name, given, classes, ignore, allowed));
        }
    }

    /** Classes of truths, of which none is ignored. */
    private void classes(Node labels, int classes) {
        String allowed = classes == Integer.MAX_VALUE
                ? "classes of objects are above 0, 0 is none"
                : "the model has " + classes + " classes from 0";
        add(labels, (name, given, inputs) -> labels(name, given, classes, 0, allowed));
    }

    /** Soft labels are no classes. */
    private static void labels(String name, Tensor given, int classes, int ignore, String allowed) {
        if (given instanceof Tensor.Ints ints) {
            for (int label : ints.data()) {
                if (label != ignore && (label < 0 || label >= classes)) {
                    throw new GraphException(name, "has the class " + label + ", " + allowed);
                }
            }
        }
    }

    /** Every region names one of the pictures. */
    private static void pictures(String name, Tensor given, Map<String, Tensor> inputs) {
        float[] rois = ((Tensor.Floats) given).data();
        int count = inputs.get(Input.PICTURES).shape().n();
        for (int i = 0; i < rois.length; i += NUMBERS_OF_A_ROI) {
            if (!(rois[i] >= 0 && rois[i] < count && rois[i] == (int) rois[i])) {
                throw new GraphException(name, "names the picture " + rois[i] + ", there are " + count + " from 0");
            }
        }
    }

    private static void coordinates(String name, Tensor given, Map<String, Tensor> inputs) {
        for (float coordinate : ((Tensor.Floats) given).data()) {
            if (!(Math.abs(coordinate) <= LARGEST)) {
                throw new GraphException(name, "has the coordinate " + coordinate);
            }
        }
    }

    /** A picture without padding is no larger than with it. */
    private static void sizes(String name, Tensor given, Map<String, Tensor> inputs) {
        float[] sizes = ((Tensor.Floats) given).data();
        Shape pictures = inputs.get(Input.PICTURES).shape();
        for (int i = 0; i < sizes.length; i++) {
            int most = i % 2 == 0 ? pictures.h() : pictures.w();
            if (!(sizes[i] > 0 && sizes[i] <= most)) {
                String side = i % 2 == 0 ? "height " : "width ";
                throw new GraphException(name, "has the " + side + sizes[i] + ", must lie in (0, " + most + "]");
            }
        }
    }
}
