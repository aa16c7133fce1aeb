package io.vertebra.heads.detection;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertebra.backbones.Engines;
import io.vertebra.backbones.Formula;
import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.heads.Models;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With weights by formula, torchvision's dense detectors answer what torchvision computes in float64. */
@Tag("slow")
class DetectorGoldensTest {
    /** Of the largest value: PyTorch's own fp32 is off by up to 2.9e-6, see {@code anchors/forward_goldens.md}. */
    private static final double TOLERANCE = 3e-5;

    @ParameterizedTest
    @CsvSource({
        "onednn, ssd300_vgg16",
        "onednn, ssdlite320_mobilenet_v3_large",
        "dl4j, ssd300_vgg16",
        "dl4j, ssdlite320_mobilenet_v3_large"
    })
    void answersAsTorchvision(String engine, String name) throws IOException {
        JsonNode golden;
        try (InputStream json = DetectorGoldensTest.class.getResourceAsStream(name + ".json")) {
            golden = new ObjectMapper().readTree(json);
        }
        Graph graph = Models.builtIn().get(name).inference().withOutputs("class_logits", "box_encodings");
        int size = golden.path("size").asInt();
        try (Session session = Engines.named(engine)
                .open(
                        graph,
                        Formula.parameters(graph, 1, published(graph, golden)::get),
                        Options.inference(Precision.FP32))) {
            Outputs outputs = session.evaluate(Batch.of(Formula.tensor("input", 1, 3, size, size)));
            compare("class_logits", outputs, golden);
            compare("box_encodings", outputs, golden);
        }
    }

    /** What torchvision calls our parameters: the same, but SSDLite's backbone is cut in two there. Others stand in our order. */
    private static Map<String, String> published(Graph graph, JsonNode golden) {
        List<String> ours = graph.parameters().stream().map(ParameterSpec::name).toList();
        List<String> theirs = new ArrayList<>();
        golden.path("tensors").forEach(tensor -> theirs.add(tensor.asText().split(" ", -1)[0]));
        assertThat(ours).hasSameSizeAs(theirs);
        Iterator<String> others =
                theirs.stream().filter(name -> !ours.contains(name)).iterator();
        return ours.stream()
                .collect(Collectors.toMap(name -> name, name -> theirs.contains(name) ? name : others.next()));
    }

    private static void compare(String name, Outputs outputs, JsonNode goldens) {
        JsonNode golden = goldens.path(name);
        Tensor.Floats got = outputs.get(name);
        assertThat(got.shape().extents())
                .as(name)
                .isEqualTo(
                        new ObjectMapper().convertValue(golden.path("shape"), new TypeReference<List<Integer>>() {}));
        double allowed = TOLERANCE * golden.path("max_abs").asDouble();
        double squares = 0;
        double largest = 0;
        for (float value : got.data()) {
            squares += (double) value * value;
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(Math.abs(largest - golden.path("max_abs").asDouble())).isLessThan(allowed);
        double norm = golden.path("norm").asDouble();
        assertThat(Math.abs(Math.sqrt(squares) - norm)).isLessThan(TOLERANCE * norm);
        JsonNode values = golden.path("values");
        assertThat(values).hasSize(64);
        long last = got.data().length - 1L;
        for (int k = 0; k < values.size(); k++) {
            float value = got.data()[(int) (k * last / 63)];
            assertThat(Math.abs(value - values.get(k).asDouble()))
                    .as("%s %d", name, k)
                    .isLessThan(allowed);
        }
    }
}
