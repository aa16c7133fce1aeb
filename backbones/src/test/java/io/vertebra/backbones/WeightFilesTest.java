package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.backbones.weights.SchemeInfo;
import io.vertebra.backbones.weights.Schemes;
import io.vertebra.backbones.weights.WeightFile;
import io.vertebra.backbones.weights.WeightLoader;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.contract.Served;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Shape;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real weights of four sources in the networks that they name, on real photos: the logits that PyTorch gives. */
class WeightFilesTest {
    /** Of the largest logit: what {@code shared/weights/README.md} expects of another fp32 implementation. */
    private static final double TOLERANCE = 1e-4;

    @ParameterizedTest
    @CsvSource({
        "resnet20_cifar10.th, resnet20_cifar",
        "mobilenet_v1_0.75_224_in1k.safetensors, mobilenetv1_075",
        "mobilenet_v2_1.0_224_in1k.safetensors, mobilenet_v2",
        "squeezenet1_1_in1k.safetensors, squeezenet1_1"
    })
    void answersOnOnednn(String file, String model) {
        check("onednn", file, model);
    }

    /** bf16 keeps three digits: the answer stays, and the numbers stay near, but they are others. */
    @ParameterizedTest
    @CsvSource({
        "resnet20_cifar10.th, resnet20_cifar",
        "mobilenet_v1_0.75_224_in1k.safetensors, mobilenetv1_075",
        "mobilenet_v2_1.0_224_in1k.safetensors, mobilenet_v2",
        "squeezenet1_1_in1k.safetensors, squeezenet1_1"
    })
    void keepsItsAnswerInBf16(String file, String model) {
        Served.require(Engines.named("onednn"), Precision.BF16);
        String golden = file.substring(0, file.lastIndexOf('.')) + ".golden.safetensors";
        Tensor.Floats got = logits("onednn", Precision.BF16, file, model);
        try (WeightFile wanted = WeightFile.open(Shared.path("weights/" + golden))) {
            float[] logits = wanted.read("logits");
            int classes = got.shape().c();
            assertThat(Distance.between(got.data(), logits))
                    .isBetween(1e-4 * Distance.largest(logits), 0.1 * Distance.largest(logits));
            for (int picture = 0; picture < got.shape().n(); picture++) {
                assertThat(best(got.data(), picture * classes, classes))
                        .isEqualTo(best(logits, picture * classes, classes));
            }
        }
    }

    private static int best(float[] values, int from, int count) {
        int best = 0;
        for (int i = 1; i < count; i++) {
            best = values[from + i] > values[from + best] ? i : best;
        }
        return best;
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource({
        "resnet20_cifar10.th, resnet20_cifar",
        "mobilenet_v1_0.75_224_in1k.safetensors, mobilenetv1_075",
        "mobilenet_v2_1.0_224_in1k.safetensors, mobilenet_v2",
        "squeezenet1_1_in1k.safetensors, squeezenet1_1"
    })
    void answersOnDl4j(String file, String model) {
        check("dl4j", file, model);
    }

    private static void check(String engine, String file, String model) {
        String golden = file.substring(0, file.lastIndexOf('.')) + ".golden.safetensors";
        Tensor.Floats got = logits(engine, Precision.FP32, file, model);
        try (WeightFile wanted = WeightFile.open(Shared.path("weights/" + golden))) {
            compare(got, tensor(wanted, "logits"));
        }
    }

    private static Tensor.Floats logits(String engine, Precision precision, String file, String model) {
        String stem = file.substring(0, file.lastIndexOf('.'));
        try (WeightFile weights = WeightFile.open(Shared.path("weights/" + file));
                WeightFile golden = WeightFile.open(Shared.path("weights/" + stem + ".golden.safetensors"))) {
            SchemeInfo scheme = Schemes.builtIn().recognise(weights);
            assertThat(scheme.architecture()).hasValue(model);
            Graph graph =
                    Networks.classifier(Networks.get(model), scheme.outputs().orElseThrow(), scheme.conventions());
            Parameters parameters = Parameters.zeros(graph);
            assertThat(new WeightLoader(weights, scheme).load(parameters).isComplete())
                    .isTrue();
            try (Session session = Engines.named(engine).open(graph, parameters, Options.inference(precision))) {
                return session.evaluate(Batch.of(tensor(golden, "input"))).get("logits");
            }
        }
    }

    private static Tensor.Floats tensor(WeightFile file, String name) {
        return new Tensor.Floats(new Shape(file.tensors().get(name).shape()), file.read(name));
    }

    private static void compare(Tensor.Floats got, Tensor.Floats golden) {
        assertThat(got.shape()).isEqualTo(golden.shape());
        assertThat(Distance.between(got.data(), golden.data())).isLessThan(TOLERANCE * Distance.largest(golden.data()));
    }
}
