package io.vertebra.heads.segmentation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.backbones.Engines;
import io.vertebra.backbones.Formula;
import io.vertebra.backbones.ForwardGoldens;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.heads.Assembly;
import io.vertebra.heads.Models;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With weights by formula, torchvision's segmentation networks answer what torchvision computes in float64. */
class ForwardGoldensTest {
    /** Of the largest value; PyTorch's own fp32 is off by up to 2.9e-6, see {@code forward_goldens.md}. */
    private static final double TOLERANCE = 3e-5;

    /** Main and auxiliary logits where there are such, enlarged to the size of the picture as torchvision does. */
    private static Graph graph(String name) {
        Assembly assembly = Models.builtIn().get(name).assembleForTraining();
        GraphBuilder g = assembly.builder();
        Node logits = assembly.output("logits");
        g.output("classifier", logits);
        g.output("out", Layers.resized(logits, assembly.input(), false, g));
        if (assembly.outputs().containsKey("auxiliary.logits")) {
            g.output("aux", Layers.resized(assembly.output("auxiliary.logits"), assembly.input(), false, g));
        }
        return g.build();
    }

    /** torchvision takes MobileNet V3's list of features for the backbone, so that their name is gone. */
    private static String published(String ours) {
        return ours.replace("backbone.features.", "backbone.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"fcn_resnet50", "deeplabv3_resnet50", "deeplabv3_mobilenet_v3_large", "lraspp_mobilenet_v3_large"
            })
    void namesItsParametersAsPublished(String name) throws NoSuchAlgorithmException {
        List<String> lines = new ArrayList<>();
        for (ParameterSpec p : graph(name).parameters()) {
            lines.add(published(p.name()) + " "
                    + String.join(
                            "x",
                            p.shape().extents().stream().map(String::valueOf).toList()));
            if (p.name().endsWith(".running_var")) {
                lines.add(published(p.name()).replace("running_var", "num_batches_tracked") + " scalar");
            }
        }
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        lines.stream().sorted().forEach(line -> sha.update((line + "\n").getBytes(StandardCharsets.UTF_8)));
        assertThat(HexFormat.of().formatHex(sha.digest()))
                .isEqualTo(ForwardGoldens.of(name).path("state_sha256").asText());
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource({
        "onednn, fcn_resnet50",
        "onednn, deeplabv3_resnet50",
        "onednn, deeplabv3_mobilenet_v3_large",
        "onednn, lraspp_mobilenet_v3_large",
        "dl4j, fcn_resnet50",
        "dl4j, deeplabv3_resnet50",
        "dl4j, deeplabv3_mobilenet_v3_large",
        "dl4j, lraspp_mobilenet_v3_large",
        "cuda-emulated, deeplabv3_mobilenet_v3_large",
        "cuda-emulated, lraspp_mobilenet_v3_large"
    })
    void answersAsTorchvision(String engine, String name) {
        JsonNode golden = ForwardGoldens.of(name);
        Graph graph = graph(name);
        try (Session session = Engines.named(engine)
                .open(
                        graph,
                        Formula.parameters(graph, golden.path("g").asDouble(), ForwardGoldensTest::published),
                        Options.inference(Precision.FP32))) {
            Outputs outputs = session.evaluate(Batch.of(Formula.tensor("input", 1, 3, 96, 96)));
            compare("classifier", outputs, golden.path("features").path("classifier"));
            compare("out", outputs, golden.path("output"));
            if (golden.has("aux")) {
                compare("aux", outputs, golden.path("aux"));
            }
            Outputs odd = session.evaluate(Batch.of(Formula.tensor("input", 1, 3, 113, 97)));
            compare("out", odd, golden.path("odd_input").path("output"));
        }
    }

    private static void compare(String name, Outputs outputs, JsonNode golden) {
        Tensor.Floats got = outputs.get(name);
        JsonNode values = golden.has("values") ? golden.path("values") : golden.path("samples");
        assertThat(values.size()).as("samples of %s in %s", name, golden).isPositive();
        int last = got.data().length - 1;
        for (int k = 0; k < values.size(); k++) {
            double wanted = values.get(k).asDouble();
            float value = got.data()[(int) ((long) k * last / (values.size() - 1))];
            assertThat(Math.abs(value - wanted))
                    .as("%s %d", name, k)
                    .isLessThan(TOLERANCE * golden.path("max_abs").asDouble());
        }
    }
}
