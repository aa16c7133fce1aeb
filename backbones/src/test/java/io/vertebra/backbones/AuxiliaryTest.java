package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.ParameterSpec;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The auxiliary classifiers of GoogLeNet and Inception v3, which their options ask for. */
class AuxiliaryTest {

    /** The column {@code params_with_aux} of the anchors. */
    @ParameterizedTest
    @CsvSource({"googlenet, 2, 13004888", "inception_v3, 1, 27161264"})
    void areThereIfAskedFor(String name, int classifiers, long parameters) {
        Graph complete = Networks.complete(name);
        assertThat(complete.parameterCount()).isEqualTo(parameters);
        assertThat(auxiliary(complete)).isEqualTo(classifiers);
        assertThat(auxiliary(Networks.classifier(name))).isZero();
    }

    private static long auxiliary(Graph graph) {
        return graph.outputs().keySet().stream()
                .filter(n -> n.startsWith("auxiliary."))
                .count();
    }

    @Test
    void otherFamiliesHaveNone() {
        assertThat(auxiliary(Networks.complete("resnet18"))).isZero();
        assertThat(Networks.pyramid(Networks.get("resnet18")).auxiliary()).isEmpty();
    }

    @Test
    void tellAsManyClassesApartAsTheNetwork() {
        Backbone<?> backbone = Networks.with(Networks.get("googlenet"), "auxiliary", true);
        Graph graph = Networks.classifier(backbone, 7, Conventions.DEFAULT);
        assertThat(graph.output("auxiliary.0").channels()).isEqualTo(7);
        assertThat(graph.output("auxiliary.1").channels()).isEqualTo(7);
        assertThat(graph.parameters().stream().map(ParameterSpec::name).filter(n -> n.startsWith("aux2.fc2")))
                .containsExactly("aux2.fc2.weight", "aux2.fc2.bias");
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource({"onednn, googlenet", "onednn, inception_v3", "dl4j, googlenet", "dl4j, inception_v3"})
    void answerAsTorchvisions(String engine, String name) {
        Parity parity = Parity.of(name);
        Graph graph = Networks.complete(name);
        Options options = Options.inference(Precision.FP32);
        try (Session session = Engines.named(engine).open(graph, parity.parameters(graph), options)) {
            Outputs outputs = session.evaluate(Batch.of(parity.picture("forward")));
            Map<String, Tensor.Floats> tensors =
                    parity.names("forward").stream().collect(Collectors.toMap(n -> n, outputs::get));
            Parity.Deviation worst = parity.worst("forward", tensors, 0);
            assertThat(tensors).containsKeys("auxiliary.0", "logits");
            assertThat(worst.value()).as("%s", worst).isLessThan(1e-5);
        }
    }
}
