package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.backbones.zoo.Zoo;
import io.vertebra.graph.Analysis;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphJson;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every variant that is registered. */
class BackboneContractTest {

    static List<String> names() {
        return Networks.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void hasThePublishedCountsAndPyramid(String name) {
        Graph graph = Networks.classifier(name);
        int side = Zoo.builtIn().entry(name).orElseThrow().inputSize();
        Pyramid pyramid = Networks.pyramid(Networks.get(name));
        assertThat(new Anchors.Anchor(
                        graph.parameterCount(),
                        Analysis.of(graph, Shape.of(1, 3, side, side)).macs(),
                        pyramid.channels(),
                        pyramid.reductions()))
                .isEqualTo(Anchors.read().of(name));
    }

    @ParameterizedTest
    @MethodSource("names")
    void givesLevelsOfTheClaimedSizesForEvenAndOddPictures(String name) {
        Graph graph = Networks.classifier(name);
        for (Shape picture : List.of(Shape.of(2, 3, 64, 96), Shape.of(1, 3, 113, 97))) {
            Analysis analysis = Analysis.of(graph, picture);
            for (int i = 0; graph.outputs().containsKey("pyramid." + i); i++) {
                Shape level = analysis.shape(graph.output("pyramid." + i));
                int reduction = graph.output("pyramid." + i).reduction();
                assertThat(level.n()).isEqualTo(picture.n());
                // rounded up by padded strides, down by SqueezeNet's stem without padding
                assertThat(level.h()).isBetween(picture.h() / reduction - 1, -Math.floorDiv(-picture.h(), reduction));
                assertThat(level.w()).isBetween(picture.w() / reduction - 1, -Math.floorDiv(-picture.w(), reduction));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void namesItsParametersAsPublished(String name) throws NoSuchAlgorithmException {
        List<String> lines =
                stateDict(Networks.classifier(name)).stream().sorted().toList();
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        lines.forEach(line -> sha.update((line + "\n").getBytes(StandardCharsets.UTF_8)));
        assertThat(HexFormat.of().formatHex(sha.digest()))
                .as("digest of %s", lines)
                .isEqualTo(ForwardGoldens.of(name).path("state_sha256").asText());
    }

    static Stream<String> listed() {
        return names().stream().filter(n -> !listing(n).isMissingNode());
    }

    @ParameterizedTest
    @MethodSource("listed")
    void keepsTheOrderOfThePublishedStateDict(String name) {
        List<String> wanted = new ArrayList<>();
        for (JsonNode line : listing(name)) {
            String[] words = line.asText().split(" ", -1);
            if (words[2].equals("bn")) {
                for (String part : List.of("weight", "bias", "running_mean", "running_var")) {
                    wanted.add(words[0] + "." + part + " " + words[1]);
                }
                wanted.add(words[0] + ".num_batches_tracked scalar");
            } else {
                wanted.add(words[0] + " " + words[1]);
            }
        }
        assertThat(stateDict(Networks.classifier(name))).isEqualTo(wanted);
    }

    static JsonNode listing(String name) {
        JsonNode golden = ForwardGoldens.of(name);
        return Shared.json("anchors/state_dict_names.json")
                .path(golden.path("source").asText() + " "
                        + golden.path("built_as").asText());
    }

    @ParameterizedTest
    @MethodSource("names")
    void endsAtTheOutputStrideOrSaysWhyNot(String name) {
        Backbone<?> backbone = Networks.get(name);
        List<Integer> own = Networks.pyramid(backbone).reductions();
        for (int stride : List.of(8, 16, 32)) {
            if (own.get(own.size() - 1) == 32 && !(backbone.family() instanceof Vgg)) {
                Pyramid pyramid = Networks.pyramid(Networks.strided(backbone, stride));
                assertThat(pyramid.reductions())
                        .isEqualTo(own.stream().map(r -> Math.min(r, stride)).toList());
            } else if (own.get(own.size() - 1) != stride) {
                assertThatThrownBy(() -> Networks.strided(backbone, stride))
                        .isInstanceOf(GraphException.class)
                        .hasMessageMatching("output_stride: must be \\d+, is " + stride + ": .{20,}");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void hasTheSameParametersAtEveryOutputStride(String name) {
        Backbone<?> backbone = Networks.get(name);
        if (backbone.config().outputStride() == 32 && !(backbone.family() instanceof Vgg)) {
            Graph dilated = Networks.classifier(Networks.strided(backbone, 8), 1000, Conventions.DEFAULT);
            assertThat(stateDict(dilated)).isEqualTo(stateDict(Networks.classifier(name)));
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void survivesJson(String name) {
        Graph graph = Networks.classifier(name);
        Graph again = GraphJson.read(GraphJson.write(graph));
        assertThat(again.toString()).isEqualTo(graph.toString());
        assertThat(again.nodes().stream().map(n -> n.op()).toList())
                .isEqualTo(graph.nodes().stream().map(n -> n.op()).toList());
        assertThat(again.parameters()).isEqualTo(graph.parameters());
    }

    @ParameterizedTest
    @MethodSource("names")
    void takesPicturesOfOtherChannels(String name) {
        Backbone<?> backbone = Networks.get(name);
        Graph gray = Networks.classifier(
                backbone.with(Records.of(backbone.family().config(), "inChannels", 1)), 2, Conventions.DEFAULT);
        assertThat(gray.parameters().get(0).shape().c()).isEqualTo(1);
        assertThat(gray.output("logits").channels()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("names")
    void bindsOptionsOfItsOwnRecordOnly(String name) {
        Backbone<?> backbone = Networks.get(name);
        assertThat(backbone.family().variants()).contains(name);
        assertThat(backbone.config()).isEqualTo(backbone.family().defaults());
        record Other() {}
        assertThatThrownBy(() -> backbone.with(new Other())).isInstanceOf(ClassCastException.class);
    }

    private static List<String> stateDict(Graph graph) {
        List<String> lines = new ArrayList<>();
        for (ParameterSpec p : graph.parameters()) {
            String shape = String.join(
                    "x", p.shape().extents().stream().map(String::valueOf).toList());
            lines.add(p.name() + " " + shape);
            if (p.name().endsWith(".running_var")) {
                lines.add(p.name().replace("running_var", "num_batches_tracked") + " scalar");
            }
        }
        return lines;
    }
}
