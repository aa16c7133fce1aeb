package io.vertebra.graph.engine;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Checks what a caller hands in, once, at the door; what it needs of the graph is looked up when it is made. */
public final class Batches {
    private final Graph graph;
    private final Node[] inputs;
    private final ValueChecks values;
    private final boolean wantsSizes;
    private final Shape[] shapes;
    private boolean isChecked;

    /** Of a graph, or of the part of one that some outputs need. */
    public Batches(Graph graph) {
        this.graph = graph;
        this.inputs = graph.inputs().toArray(Node[]::new);
        this.values = new ValueChecks(graph);
        this.wantsSizes = graph.inputs().stream().anyMatch(n -> n.name().equals(Input.SIZES));
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
        values.check(batch.inputs());
        isChecked = true;
        return same;
    }

    /** The batch with the sizes of its pictures, where they are wanted and were left out; itself where not. */
    public Batch complete(Batch batch) {
        Tensor pictures = batch.inputs().get(Input.PICTURES);
        boolean isMissing = wantsSizes && pictures != null && !batch.inputs().containsKey(Input.SIZES);
        if (!isMissing || pictures.shape().rank() != 4) {
            return batch;
        }
        Shape shape = pictures.shape();
        float[] sizes = new float[2 * shape.n()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = i % 2 == 0 ? shape.h() : shape.w();
        }
        Map<String, Tensor> all = new LinkedHashMap<>(batch.inputs());
        all.put(Input.SIZES, Tensor.of(sizes, shape.n(), 2));
        return new Batch(all);
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
