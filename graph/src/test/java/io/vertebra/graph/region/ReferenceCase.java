package io.vertebra.graph.region;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertebra.graph.op.Size;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** One case of {@code shared/data/ops_reference}: what torchvision answered. */
record ReferenceCase(JsonNode json, Tensors tensors) {

    static final String FOLDER = "data/ops_reference/";

    static List<ReferenceCase> all() {
        try {
            JsonNode cases = new ObjectMapper()
                    .readTree(Tensors.shared(FOLDER + "cases.json").toFile());
            Map<String, Tensors> files = new HashMap<>();
            List<ReferenceCase> all = new ArrayList<>();
            for (JsonNode json : cases) {
                String file = FOLDER + json.get("file").asText();
                all.add(new ReferenceCase(json, files.computeIfAbsent(file, Tensors::read)));
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String op() {
        return json.get("op").asText();
    }

    JsonNode param(String name) {
        JsonNode value = json.get("params").get(name);
        if (value == null) {
            throw new IllegalArgumentException(this + " has no " + name);
        }
        return value;
    }

    boolean hasParam(String name) {
        return json.get("params").hasNonNull(name);
    }

    double number(String name) {
        return param(name).asDouble();
    }

    static List<Double> numbers(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::asDouble)
                .toList();
    }

    static List<List<Double>> lists(JsonNode lists) {
        return StreamSupport.stream(lists.spliterator(), false)
                .map(ReferenceCase::numbers)
                .toList();
    }

    static Size size(JsonNode pair) {
        return new Size(pair.get(0).asInt(), pair.get(1).asInt());
    }

    static List<Size> sizes(JsonNode pairs) {
        return StreamSupport.stream(pairs.spliterator(), false)
                .map(ReferenceCase::size)
                .toList();
    }

    boolean has(String output) {
        return json.get("outputs").has(output);
    }

    String input(String name) {
        return json.get("inputs").get(name).asText();
    }

    String output(String name) {
        return json.get("outputs").get(name).asText();
    }

    float[] in(String name) {
        return tensors.floats(input(name));
    }

    float[] out(String name) {
        return tensors.floats(output(name));
    }

    int[] outInts(String name) {
        return tensors.ints(output(name));
    }

    @Override
    public String toString() {
        return op() + " " + json.get("case").asText();
    }
}
