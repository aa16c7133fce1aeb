package io.vertebra.graph.engine;

import io.vertebra.graph.op.Shape;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a session is fed: the graph's inputs by name.
 *
 * @param inputs the picture (N, C, H, W), and labels (N) or soft labels (N, K) where the graph has a loss
 */
public record Batch(Map<String, Tensor> inputs) {

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

    /** The shapes by name. */
    public Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        inputs.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        return shapes;
    }
}
