package io.vertebra.graph.engine;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Labelled;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.RoiPool;
import io.vertebra.graph.op.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Checks what a caller hands in, once, at the door; what it needs of the graph is looked up when it is made. */
public final class Batches {
    private static final int NUMBERS_OF_A_ROI = 5;

    private final Graph graph;
    private final Node[] inputs;
    private final Node[] losses;
    private final Node[] regions;
    private final Shape[] shapes;
    private boolean isChecked;

    /** Of a graph, or of the part of one that some outputs need. */
    public Batches(Graph graph) {
        this.graph = graph;
        this.inputs = graph.inputs().toArray(Node[]::new);
        this.losses =
                graph.nodes().stream().filter(n -> n.op() instanceof Labelled).toArray(Node[]::new);
        this.regions = graph.nodes().stream()
                .filter(n -> n.op() instanceof RoiAlign || n.op() instanceof RoiPool)
                .map(n -> n.inputs().get(1))
                .toArray(Node[]::new);
        this.shapes = new Shape[inputs.length];
    }

    /** Whose inputs these are. */
    public Graph graph() {
        return graph;
    }

    /**
     * Throws before anything has run if the batch does not fit, without allocating.
     *
     * @return whether all shapes are those of the last batch
     */
    public boolean check(Batch batch) {
        boolean same = isChecked;
        isChecked = false;
        for (int i = 0; i < inputs.length; i++) {
            Shape shape = check(inputs[i], batch.inputs().get(inputs[i].name()));
            same = same && shape.equals(shapes[i]);
            shapes[i] = shape;
        }
        for (Node loss : losses) {
            Node labels = loss.inputs().get(1);
            if (batch.inputs().get(labels.name()) instanceof Tensor.Ints ints) {
                Shape logits = loss.inputs().get(0).shape();
                Labelled op = (Labelled) loss.op();
                int classes = op.classes(logits.get(logits.rank() == 3 ? 2 : 1));
                checkLabels(labels.name(), ints.data(), classes, op.ignore());
            }
        }
        for (Node rois : regions) {
            if (batch.inputs().get(rois.name()) instanceof Tensor.Floats floats) {
                checkPictures(rois.name(), floats.data(), batch.inputs().get(Input.PICTURES));
            }
        }
        isChecked = true;
        return same;
    }

    /** Every region names one of the pictures. */
    private static void checkPictures(String name, float[] rois, Tensor pictures) {
        int count = pictures.shape().n();
        for (int i = 0; i < rois.length; i += NUMBERS_OF_A_ROI) {
            if (!(rois[i] >= 0 && rois[i] < count && rois[i] == (int) rois[i])) {
                throw new GraphException(name, "names the picture " + rois[i] + ", there are " + count + " from 0");
            }
        }
    }

    private static Shape check(Node node, Tensor tensor) {
        if (tensor == null) {
            throw new GraphException(node.name(), "is an input that was not given");
        }
        boolean wantsInts = ((Input) node.op()).type() == DataType.I32;
        if (wantsInts != tensor instanceof Tensor.Ints) {
            throw new GraphException(node.name(), "wants " + (wantsInts ? "integers" : "floating point"));
        }
        if (tensor instanceof Tensor.Bytes && !node.name().equals(Input.PICTURES)) {
            throw new GraphException(node.name(), "wants floating point; bytes are for pictures");
        }
        if (tensor.shape().elements() == 0) {
            throw new GraphException(node.name(), "is empty: " + tensor.shape());
        }
        return tensor.shape();
    }

    /** The shapes of the graph's inputs in the batch that was checked last. */
    public Map<String, Shape> shapes() {
        Map<String, Shape> all = new LinkedHashMap<>();
        for (int i = 0; i < inputs.length; i++) {
            all.put(inputs[i].name(), shapes[i]);
        }
        return all;
    }

    private static void checkLabels(String name, int[] labels, int classes, int ignore) {
        for (int label : labels) {
            if (label != ignore && (label < 0 || label >= classes)) {
                throw new GraphException(
                        name,
                        "has the class " + label + ", the model has " + classes + " classes from 0 (" + ignore
                                + " is ignored)");
            }
        }
    }

    /** Checks the gradients of outputs against the shapes of the outputs. */
    public void checkGradients(Map<String, Shape> given, Map<String, Tensor.Floats> gradients) {
        List<Shape> shapes = graph.shapes(given);
        gradients.forEach((name, gradient) -> {
            Shape wanted = shapes.get(graph.output(name).index());
            if (!wanted.equals(gradient.shape())) {
                throw new GraphException(
                        "grad." + name, "has the shape " + gradient.shape() + ", the output has " + wanted);
            }
        });
    }
}
