package io.vertebra.heads.detection;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.ParameterSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What torchvision answers, as {@code tools/goldens/heads_detectors.py} and {@code heads_two_stage.py} write it. */
record DetectorGolden(JsonNode json) {
    private static final int SAMPLES = 64;

    /** The golden of a model. */
    static DetectorGolden of(String model) {
        try (InputStream in = DetectorGolden.class.getResourceAsStream(model + ".json")) {
            return new DetectorGolden(new ObjectMapper().readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What torchvision calls our parameters; where a name differs, it stands in our order. */
    Map<String, String> names(Graph graph) {
        List<String> ours = graph.parameters().stream().map(ParameterSpec::name).toList();
        List<String> theirs = new ArrayList<>();
        json.path("tensors").forEach(tensor -> theirs.add(tensor.asText().split(" ", -1)[0]));
        assertThat(ours).hasSameSizeAs(theirs);
        Iterator<String> others =
                theirs.stream().filter(name -> !ours.contains(name)).iterator();
        return ours.stream()
                .collect(Collectors.toMap(name -> name, name -> theirs.contains(name) ? name : others.next()));
    }

    /** Holds a tensor against what the golden says of it; the tolerance is a share of its largest value. */
    static void compare(String name, Tensor.Floats got, JsonNode golden, double tolerance) {
        assertThat(got.shape().extents())
                .as(name)
                .isEqualTo(
                        new ObjectMapper().convertValue(golden.path("shape"), new TypeReference<List<Integer>>() {}));
        double allowed = tolerance * golden.path("max_abs").asDouble();
        double squares = 0;
        double largest = 0;
        for (float value : got.data()) {
            squares += (double) value * value;
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(Math.abs(largest - golden.path("max_abs").asDouble()))
                .as(name)
                .isLessThan(allowed);
        double norm = golden.path("norm").asDouble();
        assertThat(Math.abs(Math.sqrt(squares) - norm)).as(name).isLessThan(tolerance * norm);
        JsonNode values = golden.path("values");
        assertThat(values).hasSize(SAMPLES);
        long last = got.data().length - 1L;
        for (int k = 0; k < values.size(); k++) {
            float value = got.data()[(int) (k * last / (SAMPLES - 1))];
            assertThat(Math.abs(value - values.get(k).asDouble()))
                    .as("%s %d", name, k)
                    .isLessThan(allowed);
        }
    }
}
