package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Conventions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightsConversionTest {

    private static final Schemes SCHEMES = Schemes.builtIn();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({ // file, network whose names it gets, tensors renamed, made for folded norms
        "resnet20_cifar10.th, akamaster resnet20, 97, 0",
        "mobilenet_v2_1.0_224_in1k.safetensors, torchvision mobilenet_v2, 106, 156",
        "squeezenet1_1_in1k.safetensors, torchvision squeezenet1_1, 52, 0",
    })
    void writesTheStateDictOfTheNetwork(String name, String network, int renamed, int made) {
        Path out = folder.resolve("out.safetensors");
        WeightsConversion done =
                WeightsConversion.convert(Fixtures.shared("weights/" + name), out, Optional.empty(), SCHEMES);
        Map<String, List<Integer>> wanted = Fixtures.stateDict(network);

        assertThat(done.renamed()).hasSize(renamed);
        assertThat(done.made()).hasSize(made);
        assertThat(done.dropped()).isEmpty();
        assertThat(done.lines()).hasSize(renamed + made + 2);
        assertThat(done.lines().get(done.lines().size() - 1))
                .isEqualTo(out + ": " + (renamed + made) + " parameters written");
        try (WeightFile file = WeightFile.open(out)) {
            assertThat(file.tensors().keySet()).containsExactlyInAnyOrderElementsOf(wanted.keySet());
            file.tensors().values().stream()
                    .filter(t -> !t.name().startsWith("classifier"))
                    .forEach(t -> assertThat(t.shape()).as(t.name()).isEqualTo(wanted.get(t.name())));
            assertThat(file.metadata()).containsEntry("format", "pt").containsEntry("vertebra.source", name);
            SchemeInfo info = SCHEMES.recognise(file);
            assertThat(info.conventions()).isEqualTo(done.scheme().conventions());
            assertThat(info.outputs()).isEqualTo(done.scheme().outputs());
            assertThat(info.preprocessing()).isEqualTo(done.scheme().preprocessing());
            assertThat(info.architecture()).isEqualTo(done.scheme().architecture());
        }
    }

    @Test
    void givesTheSameBytesWhenItsOwnFileIsConverted() throws IOException {
        Path first = folder.resolve("a/out");
        Path second = folder.resolve("b/out");
        Files.createDirectories(first.getParent());
        Files.createDirectories(second.getParent());
        WeightsConversion.convert(
                Fixtures.shared("weights/mobilenet_v2_1.0_224_in1k.safetensors"),
                folder.resolve("out"),
                Optional.empty(),
                SCHEMES);
        WeightsConversion.convert(folder.resolve("out"), first, Optional.empty(), SCHEMES);
        WeightsConversion done = WeightsConversion.convert(first, second, Optional.empty(), SCHEMES);

        assertThat(second).hasSameBinaryContentAs(first);
        assertThat(done.dropped()).hasSize(52).allMatch(n -> n.endsWith(".num_batches_tracked"));
        assertThat(done.lines())
                .contains("  features.0.1.num_batches_tracked dropped", "  features.0.1.bias -> features.0.1.bias");
    }

    @Test
    void namesTheFoldedNorms() {
        WeightsConversion done = WeightsConversion.convert(
                Fixtures.shared("weights/mobilenet_v2_1.0_224_in1k.safetensors"),
                folder.resolve("out"),
                Optional.empty(),
                SCHEMES);

        assertThat(done.lines())
                .contains(
                        "  (folded norm) -> features.0.1.running_var",
                        "  MobilenetV2/Conv/biases -> features.0.1.bias",
                        "  MobilenetV2/Conv/weights -> features.0.0.weight");
        try (WeightFile file = WeightFile.open(folder.resolve("out"))) {
            assertThat(file.read("features.0.1.weight")).hasSize(32).containsOnly(1);
            assertThat(file.read("features.0.1.running_mean")).containsOnly(0);
            assertThat(file.read("features.0.1.running_var")).containsOnly(1 - 0x1p-10f);
            assertThat(file.read("features.0.1.num_batches_tracked")).containsExactly(0);
        }
    }

    /** Two networks of the same names: without a word the file is the first one's. */
    @Test
    void leavesTheConventionsToTheModelThatIsAskedFor() throws IOException {
        Scheme scheme = Schemes.parse("""
                {"name": "s", "about": "t", "recognise": [{"all": ["a"]}], "architectures": [{"name": "plain", "all": ["a"]}],
                 "norm_epsilon": 0.5, "same_padding": true, "own_conventions": ["tf_.+"], "rules": [{"from": "a", "to": "b"}]}
                """);
        Schemes schemes =
                new Schemes(List.of(Schemes.builtIn().named(Schemes.OWN).orElseThrow(), scheme));
        Path source =
                Fixtures.safetensors(folder, "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4);
        for (Optional<String> model :
                List.of(Optional.<String>empty(), Optional.of("other"), Optional.of("tf_plain"))) {
            WeightsConversion.convert(source, folder.resolve("out"), model, schemes);
            try (WeightFile file = WeightFile.open(folder.resolve("out"))) {
                SchemeInfo info = schemes.recognise(file);
                boolean own = model.equals(Optional.of("tf_plain"));
                assertThat(info.architecture()).contains(own ? "tf_plain" : "plain");
                assertThat(info.conventions()).isEqualTo(own ? Conventions.DEFAULT : new Conventions(true, 0.5, false));
            }
        }
        WeightsInspection inspection = WeightsInspection.of(source, schemes);
        assertThat(inspection.lines().get(1)).isEqualTo("scheme s, architecture plain, same padding, norm epsilon 0.5");
        assertThat(inspection.forModel("tf_plain").lines().get(1)).isEqualTo("scheme s, architecture tf_plain");
    }

    @Test
    void refusesFilesOfUnknownNames() {
        Path target = folder.resolve("out");
        assertThatThrownBy(() -> WeightsConversion.convert(
                        Fixtures.shared("weights/fastestdet_coco.pth"), target, Optional.empty(), SCHEMES))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("has names of no known scheme");
        assertThat(target).doesNotExist();
    }
}
