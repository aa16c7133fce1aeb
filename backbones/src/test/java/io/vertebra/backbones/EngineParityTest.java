package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Graph;
import io.vertebra.graph.contract.Exhaustive;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The fp32 gradients of both engines on networks without kinks. */
@Tag("slow")
class EngineParityTest {

    /** Gradients below this share of the largest one are judged by it. */
    private static final double FLOOR = 1e-3;

    /** What rounding may leave of a gradient that is zero, as a share of the largest one; PyTorch's fp32 leaves 4.3e-7. */
    private static final double ZERO = 2e-6;

    /** The same for a network of biases before norms; PyTorch's fp32 leaves 5.2e-6. */
    private static final double ZERO_OF_BIASES = 2e-5;

    private static final Set<String> OF_EACH_KIND =
            Set.of("resnet18", "densenet40_k12_cifar", "mobilenet_v3_small", "shufflenet_v2_x0_5", "convnext_atto");

    static List<String> models() {
        return Parity.models();
    }

    /** One of each kind of block: what it computes in float64, and on more networks, {@link GradientParityTest} compares. */
    static List<String> ofEachKind() {
        List<String> others = Parity.shallow().stream()
                .filter(name -> !OF_EACH_KIND.contains(name))
                .toList();
        return Exhaustive.without(others, Parity.shallow());
    }

    @ParameterizedTest
    @MethodSource("models")
    void onednnAgreesWithPyTorch(String name) {
        check("onednn", name);
    }

    @ParameterizedTest
    @MethodSource("ofEachKind")
    void dl4jAgreesWithPyTorch(String name) {
        check("dl4j", name);
    }

    /** The kernels of the engine cuda, run on the processor. */
    @ParameterizedTest
    @ValueSource(strings = {"mobilenet_v3_small", "shufflenet_v2_x0_5", "convnext_atto"})
    void kernelsOfCudaAgreeWithPyTorch(String name) {
        check("cuda-emulated", name);
    }

    /** Where the reference is quick enough. */
    static List<String> inFull() {
        return Exhaustive.without(Set.of("resnet18"), List.of("resnet18", "mobilenet_v2"));
    }

    /** Element by element. */
    @ParameterizedTest
    @MethodSource("inFull")
    void enginesAgreeWithTheReferenceInEveryElement(String name) {
        Parity parity = Parity.of(name);
        Graph graph = Smooth.of(parity.graph());
        Map<String, Tensor.Floats> wanted =
                parity.gradients(Engines.named("reference"), Precision.FP64, graph, "smooth");
        double largest = parity.largestGradient("smooth");
        for (String engine : List.of("onednn", "dl4j")) {
            Map<String, Tensor.Floats> got = parity.gradients(Engines.named(engine), Precision.FP32, graph, "smooth");
            assertThat(got.keySet()).isEqualTo(wanted.keySet());
            got.forEach((tensor, values) -> {
                float[] golden = wanted.get(tensor).data();
                double limit = parity.isZero("smooth", tensor)
                        ? ZERO * largest
                        : 1e-4 * Math.max(Distance.largest(golden), FLOOR * largest);
                assertThat(Distance.between(values.data(), golden))
                        .as("%s on %s", tensor, engine)
                        .isLessThan(limit);
            });
        }
    }

    private static void check(String engine, String name) {
        double tolerance = switch (name) {
            case "resnet101" ->
                5e-4; // its depth adds up rounding: 3.7e-4 by AVX2's eight lanes, below 3e-4 by AVX-512's sixteen
            case "wide_resnet50_2" -> 2e-4; // sums of 4608 products: 1.04e-4 by eight lanes
            case "inception_v4", "inception_resnet_v2" -> 1.2e-3; // PyTorch's fp32 is off by 4e-4 and 3e-4
            default -> 1e-4;
        };
        double zero = name.equals("bninception") ? ZERO_OF_BIASES : ZERO;
        Parity parity = Parity.of(name);
        Graph graph = Smooth.of(parity.graph());
        double floor = FLOOR * parity.largestGradient("smooth");
        Map<String, Tensor.Floats> gradients = parity.gradients(Engines.named(engine), Precision.FP32, graph, "smooth");
        Parity.Deviation worst = parity.worst("smooth", gradients, floor);
        assertThat(gradients).hasSizeGreaterThan(10);
        assertThat(worst.value()).as("%s", worst).isLessThan(tolerance);
        assertThat(parity.largestOfZeros("smooth", gradients)).isLessThan(zero * parity.largestGradient("smooth"));
    }
}
