package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logits and every pyramid level of both engines against torchvision's in float64. */
@Tag("slow")
class ParityForwardTest {

    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "resnet50", "resnet101", "resnext50_32x4d", "wide_resnet50_2", "mobilenet_v2"})
    void onednnAgreesWithTorchvision(String name) {
        check("onednn", name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "resnet50", "resnet101", "resnext50_32x4d", "wide_resnet50_2", "mobilenet_v2"})
    void dl4jAgreesWithTorchvision(String name) {
        check("dl4j", name);
    }

    private static void check(String engine, String name) {
        Parity parity = Parity.of(name);
        Graph graph = parity.graph();
        Options options = Options.inference(Precision.FP32);
        try (Session session = Engines.named(engine).open(graph, parity.parameters(graph), options)) {
            Outputs outputs = session.evaluate(Batch.of(parity.picture("forward")));
            Map<String, Tensor.Floats> tensors =
                    parity.names("forward").stream().collect(Collectors.toMap(n -> n, outputs::get));
            Parity.Deviation worst = parity.worst("forward", tensors, 0);
            assertThat(tensors).hasSize(6);
            assertThat(worst.value()).as("%s", worst).isLessThan(1e-5);
        }
    }
}
