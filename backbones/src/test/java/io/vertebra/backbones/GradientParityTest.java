package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.ParameterSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gradients of every parameter in float64, in training form, against PyTorch's. */
@Tag("slow")
class GradientParityTest {

    /** The deepest ones, and those with the same operators, take the reference too long. */
    private static final Set<String> DL4J_ONLY = Set.of(
            "alexnet",
            "zfnet",
            "nin_cifar10",
            "bninception",
            "darknet53",
            "inception_v3",
            "inception_v4",
            "inception_resnet_v2",
            "seresnet50",
            "legacy_seresnet50",
            "legacy_xception",
            "xception41");

    static List<String> models() {
        return Parity.shallow();
    }

    static List<String> quick() {
        return models().stream().filter(m -> !DL4J_ONLY.contains(m)).toList();
    }

    @ParameterizedTest
    @MethodSource("quick")
    void theReferenceAgreesWithPyTorch(String name) {
        check("reference", name);
    }

    @ParameterizedTest
    @MethodSource("models")
    void dl4jAgreesWithPyTorch(String name) {
        check("dl4j", name);
    }

    private static void check(String engine, String name) {
        Parity parity = Parity.of(name);
        Graph graph = parity.graph();
        Map<String, Tensor.Floats> gradients =
                parity.gradients(Engines.named(engine), Precision.FP64, graph, "gradients");
        Set<String> wanted = graph.parameters().stream()
                .filter(ParameterSpec::isTrainable)
                .map(ParameterSpec::name)
                .collect(Collectors.toCollection(TreeSet::new));
        wanted.add("logits");
        assertThat(gradients.keySet()).isEqualTo(wanted);
        Parity.Deviation worst = parity.worst("gradients", gradients, 0);
        assertThat(worst.value()).as("%s", worst).isLessThan(1e-6);
        assertThat(parity.largestOfZeros("gradients", gradients))
                .isLessThan(1e-10 * parity.largestGradient("gradients"));
    }
}
