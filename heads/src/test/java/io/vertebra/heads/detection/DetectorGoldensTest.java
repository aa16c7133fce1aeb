package io.vertebra.heads.detection;

import io.vertebra.backbones.Engines;
import io.vertebra.backbones.Formula;
import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.heads.Models;
import java.util.List;
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
    void answersAsTorchvision(String engine, String name) {
        DetectorGolden golden = DetectorGolden.of(name);
        Graph graph = Models.builtIn().get(name).inference().withOutputs("class_logits", "box_encodings");
        int size = golden.json().path("size").asInt();
        try (Session session = Engines.named(engine)
                .open(
                        graph,
                        Formula.parameters(graph, 1, golden.names(graph)::get),
                        Options.inference(Precision.FP32))) {
            Outputs outputs = session.evaluate(Batch.of(Formula.tensor("input", 1, 3, size, size)));
            for (String output : List.of("class_logits", "box_encodings")) {
                DetectorGolden.compare(
                        output, outputs.get(output), golden.json().path(output), TOLERANCE);
            }
        }
    }
}
