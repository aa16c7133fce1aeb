package io.vertebra.graph.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphJson;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** A graph and what PyTorch made of it in float64; see {@code tools/goldens}. */
final class Golden {
    private final JsonNode json;
    private final Graph graph;
    private final long seed;

    private Golden(JsonNode json) {
        this.json = json;
        this.graph = GraphJson.read(json.get("graph").toString());
        this.seed = json.get("seed").asLong();
    }

    static JsonNode read(String file) {
        try (InputStream in = Golden.class.getResourceAsStream("/goldens/" + file)) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }

    static List<Golden> all(String file) {
        return StreamSupport.stream(read(file).get("cases").spliterator(), false)
                .map(Golden::new)
                .toList();
    }

    Graph graph() {
        return graph;
    }

    JsonNode json() {
        return json;
    }

    Form form() {
        return json.get("training").asBoolean() ? Form.TRAINING : Form.INFERENCE;
    }

    /** The script's {@code number}: evenly spread over [-1, 1). */
    static double number(long seed, int i) {
        long k = i + 1L;
        return (k * k * 31 + k * 7919 + seed * 104729) % 100003 / 50001.5 - 1;
    }

    static double[] numbers(long seed, int count) {
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = number(seed, i);
        }
        return numbers;
    }

    Map<String, DoubleTensor> inputs() {
        Map<String, DoubleTensor> inputs = new LinkedHashMap<>();
        for (Node node : graph.inputs()) {
            Shape shape = node.shape().with(0, json.get("batch").asInt());
            if (node.name().equals("input")) {
                inputs.put("input", new DoubleTensor(shape, picture((int) shape.elements())));
            } else {
                double[] values = array(json.get("truths").get(node.name()));
                // there may be more regions than pictures
                int n = values.length / (int) shape.with(0, 1).elements();
                inputs.put(node.name(), new DoubleTensor(shape.with(0, n), values));
            }
        }
        return inputs;
    }

    private double[] picture(int count) {
        if (json.has("input")) {
            return array(json.get("input"));
        }
        double[] numbers = numbers(seed, count);
        for (int i = 0; i < count; i++) {
            numbers[i] *= 2;
        }
        return numbers;
    }

    Map<String, double[]> parameters() {
        Map<String, double[]> parameters = new LinkedHashMap<>();
        long next = seed + 10;
        for (ParameterSpec spec : graph.parameters()) {
            double[] values = numbers(next++, (int) spec.shape().elements());
            for (int i = 0; i < values.length; i++) {
                if (spec.isIndex()) {
                    values[i] = Math.floor((values[i] + 1) / 2 * spec.below());
                } else if (spec.name().endsWith("running_var")) {
                    values[i] += 1.25;
                } else if (spec.name().endsWith("running_mean")) {
                    values[i] *= 0.5;
                }
            }
            parameters.put(spec.name(), values);
        }
        return parameters;
    }

    Map<String, double[]> outputGradients() {
        Map<String, double[]> gradients = new LinkedHashMap<>();
        arrays("outputs")
                .forEach((name, values) -> gradients.put(name, numbers(seed + 1 + gradients.size(), values.length)));
        return gradients;
    }

    /** The arrays of a field, by name. */
    Map<String, double[]> arrays(String field) {
        Map<String, double[]> arrays = new LinkedHashMap<>();
        json.get(field).properties().forEach(e -> arrays.put(e.getKey(), array(e.getValue())));
        return arrays;
    }

    static double[] array(JsonNode values) {
        return StreamSupport.stream(values.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }

    @Override
    public String toString() {
        return json.get("name").asText();
    }
}
