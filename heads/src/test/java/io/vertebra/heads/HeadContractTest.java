package io.vertebra.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.backbones.Backbone;
import io.vertebra.backbones.BackboneConfig;
import io.vertebra.backbones.Backbones;
import io.vertebra.backbones.Distance;
import io.vertebra.backbones.Engines;
import io.vertebra.backbones.Formula;
import io.vertebra.backbones.Records;
import io.vertebra.backbones.Smooth;
import io.vertebra.graph.Analysis;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphJson;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.heads.detection.SsdHead;
import io.vertebra.heads.segmentation.DeepLabV3Head;
import io.vertebra.heads.segmentation.DeepLabV3PlusHead;
import io.vertebra.heads.segmentation.FcnHead;
import io.vertebra.heads.segmentation.LrAsppHead;
import io.vertebra.heads.segmentation.PspNetHead;
import io.vertebra.heads.segmentation.UnetHead;
import io.vertebra.heads.segmentation.UperNetHead;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every head on every backbone. */
class HeadContractTest {
    private static final int CLASSES = 5;

    static Stream<Arguments> pairs() {
        return Heads.builtIn().names().stream()
                .filter(head -> !head.equals("classifier"))
                .flatMap(head -> Backbones.builtIn().names().stream().map(b -> Arguments.of(head, b)));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void standsOnEveryBackboneAtEveryOutputStride(String head, String name) {
        for (int stride : List.of(8, 16, 32)) {
            Backbone<?> backbone;
            try {
                backbone = strided(Backbones.builtIn().get(name), stride);
            } catch (GraphException refused) {
                assertThat(refused.getMessage()).matches("output_stride: must be \\d+, is " + stride + ": .{20,}");
                continue;
            }
            Model model = Model.of(backbone, Heads.builtIn().get(head), CLASSES);
            Graph graph = model.inference();
            Analysis analysis = Analysis.of(graph, Shape.of(2, 3, 129, 97));
            if (model.task().equals("segmentation")) {
                Shape logits = analysis.shape(graph.output("logits"));
                assertThat(logits.n()).isEqualTo(2);
                assertThat(logits.c()).isEqualTo(CLASSES);
                assertThat(graph.output("logits").reduction()).isLessThanOrEqualTo(stride);
            } else {
                int anchors = model.detector().anchors(new Size(129, 97)).length / 4;
                assertThat(analysis.shape(graph.output("class_logits"))).isEqualTo(Shape.of(2, anchors, CLASSES));
                assertThat(analysis.shape(graph.output("box_encodings"))).isEqualTo(Shape.of(2, anchors, 4));
            }
        }
    }

    private static <C extends Record & BackboneConfig> Backbone<C> strided(Backbone<C> backbone, int outputStride) {
        return backbone.with(Records.of(backbone.family().config(), "outputStride", outputStride));
    }

    /** Every kind of head in every style, small. */
    static Stream<Model> small() {
        Heads heads = Heads.builtIn();
        return Stream.of(
                        heads.get("classifier"),
                        heads.get("fcn").with(new FcnHead.Config(null, 8, null, null, 0.0, null)),
                        heads.get("fcn")
                                .with(new FcnHead.Config(FcnHead.Style.TORCHVISION, null, null, null, 0.0, null)),
                        heads.get("deeplabv3").with(new DeepLabV3Head.Config(null, List.of(2), 8, 0.0, null)),
                        heads.get("deeplabv3")
                                .with(new DeepLabV3Head.Config(
                                        DeepLabV3Head.Style.TORCHVISION, List.of(2, 3), 8, 0.0, null)),
                        heads.get("deeplabv3")
                                .with(new DeepLabV3Head.Config(DeepLabV3Head.Style.TENSORFLOW, null, 8, 0.0, null)),
                        heads.get("deeplabv3plus")
                                .with(new DeepLabV3PlusHead.Config(null, List.of(2), 8, 4, 0.0, null)),
                        heads.get("deeplabv3plus")
                                .with(new DeepLabV3PlusHead.Config(
                                        DeepLabV3PlusHead.Style.SMP, List.of(2), 8, 4, 0.0, null)),
                        heads.get("unet").with(new UnetHead.Config(List.of(8, 8, 8, 4, 4))),
                        heads.get("pspnet").with(new PspNetHead.Config(List.of(1, 2), 8, 0.0, true)),
                        heads.get("upernet").with(new UperNetHead.Config(List.of(1, 3), 8, 0.0, null)),
                        heads.get("lraspp").with(new LrAsppHead.Config(8, null)),
                        heads.get("ssd").with(new SsdHead.Config(null, List.of(8, 8), null, null, null, null)),
                        heads.get("ssd")
                                .with(new SsdHead.Config(
                                        SsdHead.Style.TORCHVISION, List.of(8), null, null, null, null)),
                        heads.get("ssdlite"))
                .map(head -> {
                    HeadPart part = new HeadPart(
                            head,
                            CLASSES,
                            head.task().equals("segmentation")
                                    ? Optional.of(new Auxiliary(1, 4, 0.0, null))
                                    : Optional.empty());
                    return Model.of(Backbones.builtIn().get("mobilenetv1_025"), Map.of("", part));
                });
    }

    private static Graph training(Model model) {
        Assembly assembly = model.assembleForTraining();
        assembly.outputs().forEach(assembly.builder()::output);
        return assembly.builder().build();
    }

    @ParameterizedTest
    @MethodSource("small")
    void forwardAndBackwardTouchEveryParameter(Model model) {
        Graph graph = training(model);
        Outputs outputs = gradients("reference", Precision.FP64, graph);
        for (ParameterSpec parameter : graph.parameters()) {
            if (parameter.isTrainable()) {
                float[] gradient = outputs.get("grad." + parameter.name()).data();
                assertThat(gradient).as(parameter.name()).satisfies(HeadContractTest::isTouched);
            }
        }
    }

    private static Outputs gradients(String engine, Precision precision, Graph graph) {
        Map<String, Shape> given = Map.of("input", Shape.of(2, 3, 64, 48));
        List<Shape> shapes = graph.shapes(given);
        Map<String, Tensor.Floats> seeds = new LinkedHashMap<>();
        graph.outputs()
                .forEach((name, node) -> seeds.put(
                        name,
                        Formula.tensor("grad." + name, shapes.get(node.index()).toArray())));
        Parameters parameters = Parameters.initialize(graph, 7);
        try (Session session = Engines.named(engine).open(graph, parameters, Options.gradients(precision, false))) {
            return session.gradients(Batch.of(Formula.tensor("input", 2, 3, 64, 48)), seeds);
        }
    }

    /** The kernels of the engine cuda, run on the processor. Without kinks, where the least rounding decides. */
    @Tag("slow")
    @ParameterizedTest
    @MethodSource("small")
    void kernelsOfCudaGiveTheGradientsOfTheReference(Model model) {
        Graph graph = Smooth.of(training(model));
        Outputs wanted = gradients("reference", Precision.FP64, graph);
        Outputs got = gradients("cuda-emulated", Precision.FP32, graph);
        double largest = 0;
        for (ParameterSpec parameter : graph.parameters()) {
            if (parameter.isTrainable()) {
                largest = Math.max(
                        largest,
                        Distance.largest(wanted.get("grad." + parameter.name()).data()));
            }
        }
        for (ParameterSpec parameter : graph.parameters()) {
            if (parameter.isTrainable()) {
                String name = "grad." + parameter.name();
                float[] exact = wanted.get(name).data();
                assertThat(Distance.between(got.get(name).data(), exact))
                        .as(name)
                        .isLessThan(1e-4 * Math.max(Distance.largest(exact), 1e-3 * largest));
            }
        }
    }

    private static void isTouched(float[] gradient) {
        double largest = 0;
        for (float value : gradient) {
            assertThat(value).isFinite();
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(largest).isPositive();
    }

    @ParameterizedTest
    @MethodSource("small")
    void survivesJson(Model model) {
        Graph graph = training(model);
        Graph again = GraphJson.read(GraphJson.write(graph));
        assertThat(again.toString()).isEqualTo(graph.toString());
        assertThat(again.parameters()).isEqualTo(graph.parameters());
    }

    @ParameterizedTest
    @MethodSource("small")
    void placesEveryParameterInAStage(Model model) {
        Stages stages = Stages.of(model);
        Graph graph = training(model);
        assertThat(stages.byParameter().keySet())
                .containsExactlyInAnyOrderElementsOf(
                        graph.parameters().stream().map(ParameterSpec::name).toList());
        stages.byParameter().forEach((name, stage) -> {
            assertThat(stage == stages.count()).as(name).isEqualTo(isOfHead(model, name));
        });
    }

    @ParameterizedTest
    @MethodSource("small")
    void bindsOptionsOfItsOwnRecordOnly(Model model) {
        record Other() {}
        Head<?> head = model.head();
        assertThat(head.family().defaults()).isInstanceOf(head.family().config());
        assertThatThrownBy(() -> head.with(new Other())).isInstanceOf(ClassCastException.class);
    }

    /** The same names with the key before them, in a graph of several heads. */
    @ParameterizedTest
    @MethodSource("small")
    void standsBesideAnotherHead(Model model) {
        HeadPart part = model.part();
        Model joint = Model.of(
                model.backbone(),
                Map.of("one", part, "two", HeadPart.of(Heads.builtIn().get("unet"), 3)));
        List<String> single = training(model).parameters().stream()
                .map(ParameterSpec::name)
                .filter(n -> isOfHead(model, n))
                .map(n -> "one." + n)
                .toList();
        List<String> keyed = training(joint).parameters().stream()
                .map(ParameterSpec::name)
                .filter(n -> n.startsWith("one."))
                .toList();
        assertThat(keyed).isNotEmpty().containsExactlyInAnyOrderElementsOf(single);
        assertThat(joint.assembleForTraining().outputs().keySet())
                .contains("two.logits")
                .containsAll(model.assembleForTraining().outputs().keySet().stream()
                        .map(n -> "one." + n)
                        .toList());
    }

    private static boolean isOfHead(Model model, String parameter) {
        Graph levels = levels(model);
        return levels.parameters().stream().noneMatch(p -> p.name().equals(parameter));
    }

    private static Graph levels(Model model) {
        Assembly assembly = model.assemble();
        List<Node> nodes = assembly.pyramid().levels();
        for (int i = 0; i < nodes.size(); i++) {
            assembly.builder().output("level." + i, nodes.get(i));
        }
        return assembly.builder().build();
    }
}
