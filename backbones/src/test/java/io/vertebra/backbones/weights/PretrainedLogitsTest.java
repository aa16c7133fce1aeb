package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.backbones.Backbone;
import io.vertebra.backbones.Backbones;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.reference.Form;
import io.vertebra.graph.reference.ReferenceInterpreter;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From a published file to the logits that PyTorch gives for it, by nothing but what the file's scheme says. */
class PretrainedLogitsTest {

    /** Two independent float32 forwards differ by 1e-6 of the largest logit (shared/weights/README.md); the reference is float64. */
    private static final double TOLERANCE = 1e-5;

    @Tag("slow")
    @ParameterizedTest
    @CsvSource({
        "resnet20_cifar10.th, resnet20_cifar", "mobilenet_v1_0.75_224_in1k.safetensors, mobilenetv1_075",
        "mobilenet_v2_1.0_224_in1k.safetensors, mobilenet_v2", "squeezenet1_1_in1k.safetensors, squeezenet1_1"
    })
    void areThoseOfTheGoldens(String name, String network) {
        String golden = name.substring(0, name.lastIndexOf('.')) + ".golden.safetensors";
        try (WeightFile file = WeightFile.open(Fixtures.shared("weights/" + name));
                WeightFile wanted = WeightFile.open(Fixtures.shared("weights/" + golden))) {
            SchemeInfo info = Schemes.builtIn().recognise(file);
            assertThat(info.architecture()).isEqualTo(Optional.of(network));
            Graph graph = classifier(Backbones.builtIn().get(network), info);
            Parameters parameters = Parameters.zeros(graph);
            LoadReport report = new WeightLoader(file, info).load(parameters);
            assertThat(report.loaded()).containsExactlyElementsOf(parameters.names());

            Tensor.Floats input =
                    new Tensor.Floats(new Shape(wanted.tensors().get("input").shape()), wanted.read("input"));
            double[] logits = ReferenceInterpreter.of(graph, parameters)
                    .forward(Batch.of(input), Form.INFERENCE)
                    .output("logits")
                    .data();
            float[] golds = wanted.read("logits");
            double largest = 0;
            for (float gold : golds) {
                largest = Math.max(largest, Math.abs(gold));
            }
            assertThat(logits).hasSameSizeAs(golds);
            for (int i = 0; i < golds.length; i++) {
                assertThat(Math.abs(logits[i] - golds[i])).as("logit %d", i).isLessThanOrEqualTo(TOLERANCE * largest);
            }
        }
    }

    private static Graph classifier(Backbone<?> backbone, SchemeInfo info) {
        GraphBuilder g = new GraphBuilder(info.conventions());
        Node input = g.image(3, Shape.ANY, Shape.ANY);
        g.output(
                "logits",
                backbone.classifier(
                        backbone.features(backbone.build(input, g), g),
                        info.outputs().orElseThrow(),
                        g));
        return g.build();
    }
}
