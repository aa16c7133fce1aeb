package io.vertebra.graph.engine;

import io.vertebra.graph.Graph;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Shape;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a session is fed: the graph's inputs by name.
 *
 * @param inputs the picture (N, C, H, W), and the targets that the losses of the graph want
 */
public record Batch(Map<String, Tensor> inputs) {
    /** Copies the map, not the arrays. */
    public Batch {
        inputs = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    }

    /** Pictures only. */
    public static Batch of(Tensor images) {
        return new Batch(Map.of(Input.PICTURES, images));
    }

    /** Pictures (N, C, H, W) and their labels (N). */
    public static Batch of(Tensor images, Tensor.Ints labels) {
        return new Batch(Map.of(Input.PICTURES, images, "labels", labels));
    }

    /**
     * Refuses this batch for a graph if an input is missing or of another type, or a label is no class. Shapes are for
     * {@link Graph#shapes}.
     */
    public void requireFits(Graph graph) {
        new Batches(graph).check(this);
    }

    /** The same with the elements of pictures that came as bytes; itself where they did not. */
    public Batch decoded() {
        if (inputs.get(Input.PICTURES) instanceof Tensor.Bytes bytes) {
            Map<String, Tensor> all = new LinkedHashMap<>(inputs);
            all.put(Input.PICTURES, bytes.floats());
            return new Batch(all);
        }
        return this;
    }

    /**
     * The same with what a graph wants and a caller may leave out: the sizes of pictures, which are those of the whole
     * pictures; itself where nothing is missing.
     */
    public Batch completedFor(Graph graph) {
        return new Batches(graph).complete(this);
    }

    /** The shapes by name. */
    public Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        inputs.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        return shapes;
    }
}
