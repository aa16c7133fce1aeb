package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.cuda.driver.Traffic;
import io.vertebra.graph.Graph;
import io.vertebra.graph.op.Shape;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The gigabytes and calls of a pass of 256 pictures on a card: the table of docs/gpu.md, and that no change brings passes back. */
class CardTrafficTest {
    private static final int PICTURES = 256;
    private static final int CLASSES = 1000;

    @ParameterizedTest
    @CsvSource({
        "resnet50, 59.0, 492",
        "convnext_tiny, 32.9, 390",
        "mobilenet_v3_large, 20.9, 561",
        "mobilenet_v2, 28.4, 497",
        "efficientnet_b0, 35.1, 717"
    })
    void training(String name, double gigabytes, int calls) {
        Graph graph = Networks.training(Networks.get(name), CLASSES).withOutputs("loss");
        Map<String, Shape> inputs = Map.of("input", Shape.of(PICTURES, 3, 224, 224), "labels", Shape.of(PICTURES));
        check(Traffic.training(graph, inputs), gigabytes, calls);
    }

    @ParameterizedTest
    @CsvSource({
        "convnext_tiny, 3.6, 85",
        "mobilenet_v3_large, 1.7, 84",
        "mobilenet_v2, 1.0, 56",
        "efficientnet_b0, 4.5, 117"
    })
    void inference(String name, double gigabytes, int calls) {
        Graph graph = Networks.classifier(name).withOutputs("logits");
        check(Traffic.inference(graph, Map.of("input", Shape.of(PICTURES, 3, 224, 224))), gigabytes, calls);
    }

    private static void check(Traffic traffic, double gigabytes, int calls) {
        assertThat(traffic.bytes() / 1e9).isCloseTo(gigabytes, within(0.05));
        assertThat(traffic.calls()).isEqualTo(calls);
    }
}
