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
import io.vertebra.graph.Conventions;
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
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.RegionLabels;
import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.op.RegionTargets;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.heads.detection.FasterRcnnConfig;
import io.vertebra.heads.detection.SsdHead;
import io.vertebra.heads.neck.FpnNeck;
import io.vertebra.heads.segmentation.DeepLabV3Head;
import io.vertebra.heads.segmentation.DeepLabV3PlusHead;
import io.vertebra.heads.segmentation.FcnHead;
import io.vertebra.heads.segmentation.LrAsppHead;
import io.vertebra.heads.segmentation.PyramidPoolingConfig;
import io.vertebra.heads.segmentation.UnetHead;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every head on every backbone. */
class HeadContractTest {
    private static final int CLASSES = 5;

    /** What graphs of some heads are given. */
    private static final Map<String, Tensor> GIVEN = Map.of(
            "input", Formula.tensor("input", 2, 3, 64, 48),
            "sizes", Tensor.of(new float[] {64, 48, 60, 40}, 2, 2),
            "truths", Tensor.of(new float[] {4, 6, 30, 40, 10, 8, 44, 60, 5, 5, 25, 35, 0, 0, 0, 0}, 2, 2, 4),
            "truth_labels", Tensor.of(new int[] {1, 4, 2, 0}, 2, 2));

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
            Model model = model(backbone, Heads.builtIn().get(head));
            Graph graph = model.inference();
            Analysis analysis = Analysis.of(graph, Shape.of(2, 3, 129, 97));
            if (model.task().equals("segmentation")) {
                Shape logits = analysis.shape(graph.output("logits"));
                assertThat(logits.n()).isEqualTo(2);
                assertThat(logits.c()).isEqualTo(CLASSES);
                assertThat(graph.output("logits").reduction()).isLessThanOrEqualTo(stride);
            } else if (model.neck().isPresent()) {
                int anchors = model.detector().anchors(new Size(129, 97)).length / 4;
                assertThat(analysis.shape(graph.output("rpn.class_logits"))).isEqualTo(Shape.of(2, anchors, 1));
                assertThat(analysis.shape(graph.output("rpn.box_encodings"))).isEqualTo(Shape.of(2, anchors, 4));
                assertThat(analysis.shape(graph.output("proposals"))).isEqualTo(Shape.of(2000, 5));
                assertThat(analysis.shape(graph.output("roi.class_logits"))).isEqualTo(Shape.of(2000, CLASSES));
                assertThat(analysis.shape(graph.output("roi.box_encodings"))).isEqualTo(Shape.of(2000, 4 * CLASSES));
            } else {
                int anchors = model.detector().anchors(new Size(129, 97)).length / 4;
                assertThat(analysis.shape(graph.output("class_logits"))).isEqualTo(Shape.of(2, anchors, CLASSES));
                assertThat(analysis.shape(graph.output("box_encodings"))).isEqualTo(Shape.of(2, anchors, 4));
            }
        }
    }

    /** Heads that stand on no backbone's own levels get a neck over all of them. */
    private static Model model(Backbone<?> backbone, Head<?> head) {
        if (!head.name().equals("faster_rcnn")) {
            return Model.of(backbone, head, CLASSES);
        }
        List<Integer> all = IntStream.range(
                        0, Trunk.of(backbone).pyramid().levels().size())
                .boxed()
                .toList();
        HeadPart part = HeadPart.of(head, CLASSES);
        FpnNeck.Config neck = new FpnNeck.Config(null, 8, null, all, null);
        if (!backbone.name().startsWith("zfnet")) {
            return necked(backbone, part, neck);
        }
        assertThatThrownBy(() -> necked(backbone, part, neck))
                .hasMessage("faster_rcnn: needs levels that halve from one to the next, " + backbone.name()
                        + " has the reductions [4, 16, 32, 64]; the neck's option levels chooses some");
        return necked(backbone, part, new FpnNeck.Config(null, 8, null, List.of(-2, -1), null));
    }

    private static Model necked(Backbone<?> backbone, HeadPart part, FpnNeck.Config neck) {
        return new Model(
                backbone, Optional.of(Necks.builtIn().get("fpn").with(neck)), Map.of("", part), Conventions.DEFAULT);
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
                        heads.get("pspnet").with(new PyramidPoolingConfig(List.of(1, 2), 8, 0.0, true)),
                        heads.get("upernet").with(new PyramidPoolingConfig(List.of(1, 3), 8, 0.0, null)),
                        heads.get("lraspp").with(new LrAsppHead.Config(8, null)),
                        heads.get("ssd").with(new SsdHead.Config(null, List.of(8, 8), null, null, null, null)),
                        heads.get("ssd")
                                .with(new SsdHead.Config(
                                        SsdHead.Style.TORCHVISION, List.of(8), null, null, null, null)),
                        heads.get("ssdlite"),
                        rcnn(FasterRcnnConfig.Style.MMDET, 1, 0),
                        rcnn(FasterRcnnConfig.Style.TORCHVISION, 2, 1))
                .map(head -> {
                    HeadPart part = new HeadPart(
                            head,
                            CLASSES,
                            head.task().equals("segmentation")
                                    ? Optional.of(new Auxiliary(1, 4, 0.0, null))
                                    : Optional.empty());
                    Backbone<?> backbone = Backbones.builtIn().get("mobilenetv1_025");
                    return head.config() instanceof FasterRcnnConfig config
                            ? necked(backbone, part, neck(config))
                            : Model.of(backbone, Map.of("", part));
                });
    }

    private static Head<?> rcnn(FasterRcnnConfig.Style style, int convs, int boxConvs) {
        return Heads.builtIn()
                .get("faster_rcnn")
                .with(new FasterRcnnConfig(
                        style,
                        null,
                        new FasterRcnnConfig.Proposals(9, 5, 8, 4, null, null, null, 6, null, null, null, convs),
                        new FasterRcnnConfig.Box(6, null, null, 2, null, null, 8, boxConvs),
                        null,
                        2));
    }

    private static FpnNeck.Config neck(FasterRcnnConfig config) {
        return config.style() == FasterRcnnConfig.Style.MMDET
                ? new FpnNeck.Config(null, 8, null, null, null)
                : new FpnNeck.Config(FpnNeck.Style.TORCHVISION, 8, FpnNeck.Extra.NONE, List.of(-2, -1), true);
    }

    private static Graph training(Model model) {
        Assembly assembly = model.assembleForTraining();
        assembly.outputs().forEach((name, node) -> {
            if (isLearnt(node)) {
                assembly.builder().output(name, node);
            }
        });
        return assembly.builder().build();
    }

    /** Regions, their labels and targets, and what is given, have no gradient. */
    private static boolean isLearnt(Node node) {
        return !(node.op() instanceof Input
                || node.op() instanceof RegionProposals
                || node.op() instanceof RegionSamples
                || node.op() instanceof RegionLabels
                || node.op() instanceof RegionTargets);
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
        Map<String, Tensor> inputs = new LinkedHashMap<>(GIVEN);
        inputs.keySet().retainAll(graph.inputs().stream().map(Node::name).toList());
        Map<String, Shape> given = new LinkedHashMap<>();
        inputs.forEach((name, tensor) -> given.put(name, tensor.shape()));
        List<Shape> shapes = graph.shapes(given);
        Map<String, Tensor.Floats> seeds = new LinkedHashMap<>();
        graph.outputs()
                .forEach((name, node) -> seeds.put(
                        name,
                        Formula.tensor("grad." + name, shapes.get(node.index()).toArray())));
        Parameters parameters = Parameters.initialize(graph, 7);
        try (Session session = Engines.named(engine).open(graph, parameters, Options.gradients(precision, false))) {
            return session.gradients(new Batch(inputs), seeds);
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
        Model joint = new Model(
                model.backbone(),
                model.neck(),
                Map.of("one", part, "two", HeadPart.of(Heads.builtIn().get("unet"), 3)),
                model.conventions());
        List<String> single = training(model).parameters().stream()
                .map(ParameterSpec::name)
                .filter(n -> isOfHead(model, n) && !n.matches("neck\\.(lateral|fpn)_convs\\..+|backbone\\.fpn\\..+"))
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
