package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.graph.Analysis;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphJson;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.GroupNorm;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.Shape;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every variant that is registered. */
class BackboneContractTest {

    /** Families with convolutions without padding at stride 1, or with a wide one. */
    private static final Set<Class<?>> UNPADDED = Set.of(
            LeNet.class,
            InceptionV3.class,
            InceptionV4.class,
            InceptionResNetV2.class,
            Nin.class,
            SqueezeNet.class,
            Xception.class);

    /** Families that shrink in other ways than a stride could be traded for, so that they refuse other output strides. */
    private static final Set<Class<?>> UNDILATED = Set.of(
            AlexNet.class,
            BnInception.class,
            CifarDenseNet.class,
            CifarNin.class,
            CifarPreResNet.class,
            CifarResNet.class,
            GoogLeNet.class,
            InceptionV3.class,
            InceptionV4.class,
            InceptionResNetV2.class,
            LeNet.class,
            Nin.class,
            SqueezeNet.class,
            Vgg.class,
            ZfNet.class);

    /** Models whose levels the table does not list. */
    private static final Set<String> NO_PYRAMID = Set.of("lenet5");

    static List<String> names() {
        return Networks.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void hasThePublishedCountsAndPyramid(String name) {
        Graph graph = Networks.classifier(name);
        Pyramid pyramid = Networks.pyramid(Networks.get(name));
        assertThat(new Anchors.Anchor(
                        graph.parameterCount(),
                        Analysis.of(graph, Anchors.read().picture(name)).macs(),
                        NO_PYRAMID.contains(name) ? List.of() : pyramid.channels(),
                        NO_PYRAMID.contains(name) ? List.of() : pyramid.reductions()))
                .isEqualTo(Anchors.read().of(name));
    }

    @ParameterizedTest
    @MethodSource("names")
    void givesLevelsOfTheClaimedSizesForEvenAndOddPictures(String name) {
        Graph graph = Networks.classifier(name);
        int lost = UNPADDED.contains(Networks.get(name).family().getClass()) ? 4 : 1;
        int channels = Networks.get(name).config().inChannels();
        for (Shape picture : List.of(Shape.of(2, channels, 96, 128), Shape.of(1, channels, 113, 97))) {
            Analysis analysis = Analysis.of(graph, picture);
            for (int i = 0; graph.outputs().containsKey("pyramid." + i); i++) {
                Shape level = analysis.shape(graph.output("pyramid." + i));
                int reduction = graph.output("pyramid." + i).reduction();
                assertThat(level.n()).isEqualTo(picture.n());
                // rounded up by padded strides, smaller where cells at the border are lost
                assertThat(level.h())
                        .isBetween(picture.h() / reduction - lost, -Math.floorDiv(-picture.h(), reduction));
                assertThat(level.w())
                        .isBetween(picture.w() / reduction - lost, -Math.floorDiv(-picture.w(), reduction));
            }
        }
    }

    static Stream<String> answered() {
        return names().stream().filter(ForwardGoldens::has);
    }

    @ParameterizedTest
    @MethodSource("answered")
    void namesItsParametersAsPublished(String name) throws NoSuchAlgorithmException {
        List<String> lines = published(name).stateDict(Networks.complete(name)).stream()
                .sorted()
                .toList();
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        lines.forEach(line -> sha.update((line + "\n").getBytes(StandardCharsets.UTF_8)));
        assertThat(HexFormat.of().formatHex(sha.digest()))
                .as("digest of %s", lines)
                .isEqualTo(ForwardGoldens.of(name).path("state_sha256").asText());
    }

    static Stream<String> listed() {
        return answered().filter(n -> !listing(n).isMissingNode());
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
        assertThat(published(name).stateDict(Networks.classifier(name)))
                .isEqualTo(wanted.stream().filter(line -> !isAuxiliary(line)).toList());
    }

    private static Published published(String name) {
        return Published.in(ForwardGoldens.of(name));
    }

    /** torchvision lists an auxiliary classifier where its map is made, we behind the network; off by default. */
    private static boolean isAuxiliary(String line) {
        return line.startsWith("aux") || line.startsWith("AuxLogits");
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
            if (!UNDILATED.contains(backbone.family().getClass())) {
                Pyramid pyramid = Networks.pyramid(Networks.with(backbone, "outputStride", stride));
                assertThat(pyramid.reductions())
                        .isEqualTo(own.stream().map(r -> Math.min(r, stride)).toList());
            } else if (own.get(own.size() - 1) != stride) {
                assertThatThrownBy(() -> Networks.with(backbone, "outputStride", stride))
                        .isInstanceOf(GraphException.class)
                        .hasMessageMatching("output_stride: must be \\d+, is " + stride + ": .{20,}");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void hasTheSameParametersAtEveryOutputStride(String name) {
        Backbone<?> backbone = Networks.get(name);
        if (!UNDILATED.contains(backbone.family().getClass())) {
            Graph dilated = Networks.classifier(Networks.with(backbone, "outputStride", 8), 1000, Conventions.DEFAULT);
            assertThat(dilated.parameters()).isEqualTo(Networks.classifier(name).parameters());
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
        for (int channels : List.of(1, 5)) {
            Graph graph = Networks.classifier(Networks.with(backbone, "inChannels", channels), 2, Conventions.DEFAULT);
            assertThat(graph.parameters().get(0).shape().c()).isEqualTo(channels);
            assertThat(graph.output("logits").channels()).isEqualTo(2);
        }
    }

    static Stream<String> normed() {
        return names().stream().filter(n -> Networks.has(Networks.get(n), "norm"));
    }

    @ParameterizedTest
    @MethodSource("normed")
    void standsOnGroupNorms(String name) {
        Graph own = Networks.classifier(name);
        Graph grouped = styled(name, "norm", Norm.GROUP);
        Set<String> batchNorms = nodes(own, op -> op instanceof BatchNorm);
        assertThat(nodes(grouped, op -> op instanceof GroupNorm)).isEqualTo(batchNorms);
        assertThat(nodes(grouped, op -> op instanceof BatchNorm)).isEmpty();
        assertThat(grouped.parameterCount()).isEqualTo(own.parameterCount());
    }

    @ParameterizedTest
    @MethodSource("names")
    void takesAnotherNonlinearityEverywhereButInGates(String name) {
        Graph own = Networks.classifier(name);
        Graph other = styled(name, "activation", Activation.Function.TANH);
        assertThat(nodes(other, op -> op instanceof Activation a && a.function() == Activation.Function.TANH))
                .hasSameSizeAs(nodes(
                        own, op -> op instanceof Activation a && !a.function().isGate()))
                .isNotEmpty();
        assertThat(nodes(other, op -> op instanceof Activation))
                .hasSameSizeAs(nodes(own, op -> op instanceof Activation));
        assertThat(other.parameters()).isEqualTo(own.parameters());
    }

    private static Graph styled(String name, String option, Object value) {
        return Networks.classifier(
                Networks.with(Networks.get(name), option, value), Networks.classes(name), Conventions.DEFAULT);
    }

    private static Set<String> nodes(Graph graph, Predicate<Op> kind) {
        return graph.nodes().stream()
                .filter(n -> kind.test(n.op()))
                .map(Node::name)
                .collect(Collectors.toSet());
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
}
