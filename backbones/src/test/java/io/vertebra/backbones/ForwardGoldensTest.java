package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.contract.Exhaustive;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** With weights by formula, networks answer what torchvision, timm and akamaster compute in float64. */
class ForwardGoldensTest {
    /** Of the largest value; PyTorch's own fp32 is off by up to 2.9e-6, see {@code forward_goldens.md}. */
    private static final double TOLERANCE = 3e-5;

    private static final long MOST_PARAMETERS = 150_000_000;

    /** DarkNet-53 has 41.6 million, and no smaller one of its family. */
    private static final long USUAL_PARAMETERS = 42_000_000;

    /** All that are small enough to be run; the contract counts the others. */
    static List<String> names() {
        return Networks.names().stream()
                .filter(n -> Networks.classifier(n).parameterCount() < MOST_PARAMETERS)
                .filter(ForwardGoldens::has)
                .toList();
    }

    /** Those that differ from a variant with a golden by numbers of channels or blocks, which the contract counts, or by padding and ε. */
    private static final String UNANSWERED = "shufflenet_g[1248]_w1|shufflenet_g3_w(3d4|d2|d4)|zfnetb"
            + "|tf_efficientnet_b[1-7]|tf_efficientnetv2_(b[123]|m|l)|mobilenetv2_120d"
            + "|mobilenetv3_large_075|tf_mobilenetv3_(small_075|small_100|large_075)";

    @Test
    void onlyTheLargestTwoAreNotRun() {
        assertThat(Networks.names().stream().filter(n -> !n.matches(UNANSWERED)))
                .hasSize(names().size() + 2)
                .containsAll(names());
    }

    /** What {@code mvn test} runs. */
    static List<String> small() {
        return List.of(
                "resnet20_cifar",
                "preresnet20_cifar",
                "nin_cifar10",
                "mobilenetv1_025",
                "mobilenet_v3_small",
                "tf_mobilenetv3_small_minimal_100",
                "efficientnet_b0",
                "tf_efficientnetv2_b0",
                "shufflenet_g3_w1",
                "shufflenet_v2_x0_5",
                "squeezenet1_1",
                "regnet_y_400mf",
                "mnasnet_050");
    }

    @ParameterizedTest
    @MethodSource("small")
    void smallNetworksAnswerOnOnednn(String name) {
        check("onednn", name);
    }

    /** Larger ones repeat the stages of smaller ones, more often or wider: the contract counts their parameters. */
    static List<String> usual() {
        List<String> others = names().stream().filter(n -> !small().contains(n)).toList();
        List<String> large = others.stream()
                .filter(n -> Networks.classifier(n).parameterCount() > USUAL_PARAMETERS)
                .toList();
        return Exhaustive.without(large, others);
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("usual")
    void everyOtherNetworkAnswersOnOnednn(String name) {
        check("onednn", name);
    }

    /** One of each kind; a usual build without larger ones of blocks that others have. */
    static List<String> ofEachKind() {
        return Exhaustive.without(
                Set.of(
                        "inception_v3",
                        "inception_v4",
                        "inception_resnet_v2",
                        "resnet50d",
                        "legacy_seresnet50",
                        "densenet121",
                        "squeezenet1_0",
                        "regnetx_004",
                        "xception41",
                        "mobilenetv1_075",
                        "efficientnet_v2_s",
                        "convnext_tiny",
                        "vgg11_bn"),
                List.of(
                        "lenet5",
                        "alexnet",
                        "zfnet",
                        "nin",
                        "nin_cifar10",
                        "googlenet",
                        "bninception",
                        "inception_v3",
                        "inception_v4",
                        "inception_resnet_v2",
                        "resnet50d",
                        "resnet20_cifar",
                        "preresnet20_cifar",
                        "seresnext50_32x4d",
                        "skresnet18",
                        "legacy_seresnet50",
                        "densenet121",
                        "densenet40_k12_cifar",
                        "condensenet74_c8_g8",
                        "squeezenet1_0",
                        "squeezenet1_1",
                        "regnet_y_400mf",
                        "regnetx_004",
                        "mnasnet1_0",
                        "legacy_xception",
                        "xception41",
                        "mobilenetv1_075",
                        "mobilenet_v2",
                        "mobilenet_v3_large",
                        "tf_mobilenetv3_small_minimal_100",
                        "shufflenet_g3_w1",
                        "shufflenet_v2_x0_5",
                        "efficientnet_b0",
                        "efficientnet_v2_s",
                        "convnext_atto",
                        "convnext_tiny",
                        "vgg11_bn"));
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("ofEachKind")
    void aNetworkOfEachKindAnswersOnDl4j(String name) {
        check("dl4j", name);
    }

    /** Those whose convolutions a plain loop computes soon. */
    static List<String> emulated() {
        return Exhaustive.without(
                Set.of("bninception", "seresnet50", "densenet121"),
                List.of(
                        "lenet5",
                        "alexnet",
                        "nin_cifar10",
                        "resnet20_cifar",
                        "preresnet20_cifar",
                        "squeezenet1_1",
                        "mobilenetv1_025",
                        "mobilenet_v2",
                        "mobilenet_v3_small",
                        "tf_mobilenetv3_small_minimal_100",
                        "shufflenet_g3_w1",
                        "shufflenet_v2_x0_5",
                        "efficientnet_b0",
                        "convnext_atto",
                        "googlenet",
                        "bninception",
                        "seresnet50",
                        "regnet_y_400mf",
                        "mnasnet_050",
                        "densenet121",
                        "condensenet74_c8_g8"));
    }

    /** Forward kernels of the engine cuda, run on the processor. */
    @Tag("slow")
    @ParameterizedTest
    @MethodSource("emulated")
    void aNetworkOfEachKindAnswersOnTheKernelsOfCuda(String name) {
        check("cuda-emulated", name);
    }

    private static void check(String engine, String name) {
        JsonNode golden = ForwardGoldens.of(name);
        Map<String, String> taps = ForwardGoldens.taps(golden);
        Graph graph = Networks.classifier(
                Networks.get(name),
                golden.path("output").path("shape").get(1).asInt(),
                Conventions.DEFAULT,
                taps.values().stream().filter(t -> !t.startsWith("pyramid.")).toArray(String[]::new));
        Parameters parameters = Formula.parameters(graph, golden.path("g").asDouble(), Published.in(golden)::name);
        try (Session session = Engines.named(engine).open(graph, parameters, Options.inference(Precision.FP32))) {
            int[] shape = new int[4];
            for (int axis = 0; axis < 4; axis++) {
                shape[axis] = golden.path("input").get(axis).asInt();
            }
            Outputs outputs = session.evaluate(Batch.of(Formula.tensor("input", shape)));
            taps.forEach((module, output) ->
                    compare(module, outputs.get(output), golden.path("features").path(module)));
            compare("logits", outputs.get("logits"), golden.path("output"));
            if (golden.has("odd_input")) {
                JsonNode odd = golden.path("odd_input");
                compare(
                        "odd input",
                        session.evaluate(Batch.of(Formula.tensor("input", 1, 3, 113, 97)))
                                .get("logits"),
                        odd.path("output"));
            }
        }
    }

    private static void compare(String name, Tensor.Floats got, JsonNode golden) {
        float[] data = got.data();
        double scale = golden.path("max_abs").asDouble();
        if (golden.has("shape")) {
            assertThat(got.shape().extents())
                    .as(name)
                    .containsExactlyElementsOf(golden.path("shape")
                            .valueStream()
                            .map(JsonNode::asInt)
                            .toList());
        }
        assertThat(scale).as(name).isPositive();
        JsonNode values = golden.path("values");
        assertThat(values.size()).as(name).isPositive();
        for (int k = 0; k < values.size(); k++) {
            int index = (int) ((long) k * (data.length - 1) / (values.size() - 1));
            assertThat((double) data[index])
                    .as("%s at %d", name, index)
                    .isCloseTo(values.get(k).asDouble(), within(TOLERANCE * scale));
        }
        double sum = 0;
        double largest = 0;
        for (float v : data) {
            sum += v;
            largest = Math.max(largest, Math.abs(v));
        }
        assertThat(sum / data.length)
                .as("mean of %s", name)
                .isCloseTo(golden.path("mean").asDouble(), within(TOLERANCE * scale));
        assertThat(largest).as("largest of %s", name).isCloseTo(scale, within(TOLERANCE * scale));
    }
}
