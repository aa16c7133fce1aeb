package io.vertebra.graph.engine;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Labelled;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.RoiPool;
import io.vertebra.graph.op.Shape;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a session is fed: the graph's inputs by name.
 *
 * @param inputs the picture (N, C, H, W), and the targets that the losses of the graph want
 */
public record Batch(Map<String, Tensor> inputs) {
    /** Numbers of a region: picture and corners. */
    private static final int ROI = 5;

    /** Copies the map, not the arrays. */
    public Batch {
        inputs = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    }

    /** Pictures only. */
    public static Batch of(Tensor.Floats images) {
        return new Batch(Map.of("input", images));
    }

    /** Pictures (N, C, H, W) and their labels (N). */
    public static Batch of(Tensor.Floats images, Tensor.Ints labels) {
        return new Batch(Map.of("input", images, "labels", labels));
    }

    /**
     * Refuses this batch for a graph if an input is missing or of another type, or a label is no class. Shapes are for
     * {@link Graph#shapes}.
     */
    public void requireFits(Graph graph) {
        for (Node node : graph.inputs()) {
            Tensor given = inputs.get(node.name());
            Check.that(given != null, node.name(), "is an input that was not given");
            boolean wantsInts = ((Input) node.op()).type() == DataType.I32;
            Check.that(
                    wantsInts == (given instanceof Tensor.Ints),
                    node.name(),
                    "wants %s",
                    wantsInts ? "integers" : "floating point");
        }
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Labelled loss) {
                Node labels = node.inputs().get(1);
                Shape logits = node.inputs().get(0).shape();
                if (inputs.get(labels.name()) instanceof Tensor.Ints ints) {
                    requireClasses(labels.name(), ints, logits.get(logits.rank() == 3 ? 2 : 1), loss.ignore());
                }
            }
            boolean cutsRegions = node.op() instanceof RoiAlign || node.op() instanceof RoiPool;
            if (cutsRegions && inputs.get(node.inputs().get(1).name()) instanceof Tensor.Floats rois) {
                requirePictures(node.inputs().get(1).name(), rois);
            }
        }
    }

    /** Every region names one of the pictures. */
    private void requirePictures(String name, Tensor.Floats rois) {
        int pictures = inputs.get("input").shape().n();
        for (int i = 0; i < rois.data().length; i += ROI) {
            float picture = rois.data()[i];
            Check.that(
                    picture == (int) picture && picture >= 0 && picture < pictures,
                    name,
                    "names the picture %s, there are %d from 0",
                    picture,
                    pictures);
        }
    }

    private static void requireClasses(String name, Tensor.Ints labels, int classes, int ignore) {
        for (int label : labels.data()) {
            Check.that(
                    (label >= 0 && label < classes) || label == ignore,
                    name,
                    "has the class %d, the model has %d classes from 0 (%d is ignored)",
                    label,
                    classes,
                    ignore);
        }
    }

    /** The shapes by name. */
    public Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        inputs.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        return shapes;
    }
}
