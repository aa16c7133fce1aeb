package io.vertebra.heads.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.backbones.Backbones;
import io.vertebra.backbones.Records;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Linear;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.RegionLabels;
import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.op.RegionTargets;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.region.BalancedSampler;
import io.vertebra.graph.region.Matcher;
import io.vertebra.heads.Assembly;
import io.vertebra.heads.Detections;
import io.vertebra.heads.Heads;
import io.vertebra.heads.Model;
import io.vertebra.heads.Models;
import io.vertebra.heads.TwoStageDetector;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class FasterRcnnHeadTest {
    private static final List<Double> RATIOS = List.of(0.5, 1.0, 2.0);

    private static Model with(FasterRcnnConfig config) {
        Model model = TwoStageModels.on("resnet18", 3);
        return model.with(model.head().with(config));
    }

    private static FasterRcnnConfig anchors(FasterRcnnConfig.AnchorOptions anchors) {
        return new FasterRcnnConfig(null, anchors, null, null, null, null);
    }

    /** torchvision's numbers for inference and for training. */
    @Test
    void proposesAsTorchvision() {
        Assembly assembly = Models.builtIn().get("fasterrcnn_resnet50_fpn").assembleForTraining();
        Node proposals = assembly.output("proposals");
        List<List<Double>> sizes =
                List.of(List.of(32.0), List.of(64.0), List.of(128.0), List.of(256.0), List.of(512.0));
        List<List<Double>> ratios = List.of(RATIOS, RATIOS, RATIOS, RATIOS, RATIOS);
        assertThat(proposals.op()).isEqualTo(new RegionProposals(sizes, ratios, 1000, 1000, 0.7, 1e-3));
        Node samples = assembly.output("samples");
        Node more = samples.inputs().get(0);
        assertThat(more.op()).isEqualTo(new RegionProposals(sizes, ratios, 2000, 2000, 0.7, 1e-3));
        assertThat(more.inputs()).isEqualTo(proposals.inputs()).hasSize(9);
        assertThat(proposals.inputs().get(0)).isSameAs(assembly.output("rpn.class_logits"));
        assertThat(proposals.inputs().get(1)).isSameAs(assembly.output("rpn.box_encodings"));
        assertThat(proposals.inputs().get(2).name()).isEqualTo("sizes");
        assertThat(proposals.inputs().get(3)).isSameAs(assembly.input());
        assertThat(samples.op()).isEqualTo(new RegionSamples(512, 0.25, 0.5));
        assertThat(assembly.output("sample.labels").op()).isEqualTo(new RegionLabels(0.5));
        assertThat(assembly.output("sample.labels").op().type()).isEqualTo(DataType.I32);
        assertThat(assembly.output("sample.targets").op())
                .isEqualTo(new RegionTargets(0.5, List.of(10.0, 10.0, 5.0, 5.0)));
        assertThat(assembly.output("truths").shape()).isEqualTo(Shape.of(Shape.ANY, 256, 4));
        assertThat(assembly.output("truth_labels").shape()).isEqualTo(Shape.of(Shape.ANY, 256));
        for (String output : List.of("samples", "sample.labels", "sample.targets")) {
            assertThat(assembly.output(output).inputs().subList(1, 3))
                    .containsExactly(assembly.output("truths"), assembly.output("truth_labels"));
        }
    }

    @Test
    void decodesAsTorchvision() {
        TwoStageDetector detector = (TwoStageDetector)
                Models.builtIn().get("fasterrcnn_resnet50_fpn").detector();
        assertThat(detector.anchorMatcher()).isEqualTo(new Matcher(0.7, 0.3, true));
        assertThat(detector.anchorSampler()).isEqualTo(new BalancedSampler(256, 0.5));
        assertThat(detector.truths()).isEqualTo(256);
        float[] anchors = detector.anchors(Size.of(64));
        assertThat(anchors).hasSize(4 * 3 * (256 + 64 + 16 + 4 + 1));
        assertThat(Arrays.copyOf(anchors, 8)).containsExactly(-23, -11, 23, 11, -16, -16, 16, 16);
        float[] codes = detector.anchorCoder().encode(new float[] {8, 0, 24, 16}, new float[] {0, 0, 16, 16});
        assertThat(codes).containsExactly(0.5f, 0, 0, 0);
    }

    /** Regions are cut from all levels but the one that only subsamples another. */
    @Test
    void cutsRegionsFromLevels() {
        Assembly assembly = Models.builtIn().get("fasterrcnn_resnet50_fpn").assembleForTraining();
        Node aligned = Chain.before(assembly.output("roi.class_logits"), RoiAlign.class);
        assertThat(aligned.op())
                .isEqualTo(new RoiAlign(Size.of(7), List.of(1 / 4.0, 1 / 8.0, 1 / 16.0, 1 / 32.0), 2, false));
        assertThat(aligned.inputs()).last().isSameAs(assembly.output("proposals"));
        Node again = Chain.before(assembly.output("sample.class_logits"), RoiAlign.class);
        assertThat(again.op()).isEqualTo(aligned.op());
        assertThat(again.inputs()).last().isSameAs(assembly.output("samples"));
        assertThat(again.inputs().subList(0, 4)).isEqualTo(aligned.inputs().subList(0, 4));
        Node mobile = Chain.before(
                Models.builtIn()
                        .get("fasterrcnn_mobilenet_v3_large_fpn")
                        .assemble()
                        .output("roi.class_logits"),
                RoiAlign.class);
        assertThat(mobile.op()).isEqualTo(new RoiAlign(Size.of(7), 1 / 32.0, 2, false)); // of two the first is taken
    }

    @Test
    void sharesTheSecondStageWithTraining() {
        Assembly assembly = Models.builtIn().get("fasterrcnn_resnet50_fpn_v2").assembleForTraining();
        for (String answer : List.of("class_logits", "box_encodings")) {
            Node once = assembly.output("roi." + answer);
            Node again = assembly.output("sample." + answer);
            assertThat(again).isNotSameAs(once);
            assertThat(again.parameters()).isEqualTo(once.parameters());
        }
        Node last = assembly.output("sample.class_logits").inputs().get(0);
        assertThat(assembly.output("sample.box_encodings").inputs()).containsExactly(last);
        assembly.outputs().forEach(assembly.builder()::output);
        Graph graph = assembly.builder().build();
        assertThat(graph.parameterCount())
                .isEqualTo(Models.builtIn()
                        .get("fasterrcnn_resnet50_fpn_v2")
                        .inference()
                        .parameterCount());
    }

    @Test
    void namesItsLayersAsMmdetection() {
        List<String> names = TwoStageModels.on("resnet18", 3).inference().parameters().stream()
                .map(ParameterSpec::name)
                .filter(n -> n.startsWith("r") && n.endsWith("weight"))
                .toList();
        assertThat(names)
                .containsExactly(
                        "rpn_head.rpn_conv.weight",
                        "rpn_head.rpn_cls.weight",
                        "rpn_head.rpn_reg.weight",
                        "roi_head.bbox_head.shared_fcs.0.weight",
                        "roi_head.bbox_head.shared_fcs.1.weight",
                        "roi_head.bbox_head.fc_cls.weight",
                        "roi_head.bbox_head.fc_reg.weight");
        FasterRcnnConfig deep = new FasterRcnnConfig(
                null,
                null,
                new FasterRcnnConfig.Proposals(null, null, null, null, null, null, null, null, null, null, null, 2),
                new FasterRcnnConfig.Box(null, null, null, null, null, null, null, 1),
                null,
                null);
        assertThat(with(deep).inference().parameters())
                .extracting(ParameterSpec::name)
                .contains(
                        "rpn_head.rpn_conv.1.conv.weight",
                        "roi_head.bbox_head.shared_convs.0.conv.weight",
                        "roi_head.bbox_head.shared_convs.0.bn.weight",
                        "roi_head.bbox_head.shared_fcs.0.weight")
                .doesNotContain("roi_head.bbox_head.shared_fcs.1.weight");
    }

    @Test
    void takesAnchorsAsTold() {
        RegionProposals said = op(
                anchors(new FasterRcnnConfig.AnchorOptions(List.of(10.0, 20.0, 30.0, 40.0, 50.0), List.of(1.0), null)));
        assertThat(said.sizes())
                .containsExactly(List.of(10.0), List.of(20.0), List.of(30.0), List.of(40.0), List.of(50.0));
        assertThat(said.ratios()).containsOnly(List.of(1.0)).hasSize(5);
        RegionProposals every = op(anchors(new FasterRcnnConfig.AnchorOptions(List.of(10.0, 20.0), null, true)));
        assertThat(every.sizes()).containsOnly(List.of(10.0, 20.0)).hasSize(5);
        assertThat(every.ratios()).containsOnly(RATIOS);
    }

    private static RegionProposals op(FasterRcnnConfig config) {
        Assembly assembly = with(config).assemble();
        int perCell = assembly.output("rpn.class_logits")
                .inputs()
                .get(0)
                .inputs()
                .get(0)
                .channels();
        RegionProposals op = (RegionProposals) assembly.output("proposals").op();
        assertThat(perCell).isEqualTo(op.perCell(0));
        return op;
    }

    @Test
    void passesItsOptionsOn() {
        FasterRcnnConfig config = new FasterRcnnConfig(
                null,
                null,
                new FasterRcnnConfig.Proposals(11, 12, 13, 14, 0.6, 2.0, 0.15, 15, 0.4, 0.8, 0.2, null),
                new FasterRcnnConfig.Box(16, 0.3, 0.55, 5, 0, List.of(1.0, 2.0, 3.0, 4.0), 17, null),
                new FasterRcnnConfig.Limits(0.2, 0.4, 1),
                18);
        Assembly assembly = with(config).assembleForTraining();
        RegionProposals test = (RegionProposals) assembly.output("proposals").op();
        assertThat(List.of(test.before(), test.count())).containsExactly(13, 14);
        assertThat(test.overlap()).isEqualTo(0.6);
        assertThat(test.minSide()).isEqualTo(2.0);
        assertThat(test.minScore()).isEqualTo(0.15);
        RegionProposals train =
                (RegionProposals) assembly.output("samples").inputs().get(0).op();
        assertThat(train).isEqualTo(new RegionProposals(test.sizes(), test.ratios(), 11, 12, 0.6, 2.0, 0.15));
        assertThat(assembly.output("samples").op()).isEqualTo(new RegionSamples(16, 0.3, 0.55));
        assertThat(assembly.output("sample.labels").op()).isEqualTo(new RegionLabels(0.55));
        assertThat(assembly.output("sample.targets").op())
                .isEqualTo(new RegionTargets(0.55, List.of(1.0, 2.0, 3.0, 4.0)));
        assertThat(assembly.output("truth_labels").shape()).isEqualTo(Shape.of(Shape.ANY, 18));
        Node aligned = Chain.before(assembly.output("roi.class_logits"), RoiAlign.class);
        assertThat(((RoiAlign) aligned.op()).output()).isEqualTo(Size.of(5));
        assertThat(((RoiAlign) aligned.op()).samplingRatio()).isZero();
        assertThat(((Linear) Chain.before(
                                        assembly.output("roi.class_logits")
                                                .inputs()
                                                .get(0),
                                        Linear.class)
                                .op())
                        .out())
                .isEqualTo(17);
        TwoStageDetector detector = (TwoStageDetector) with(config).detector();
        assertThat(detector.anchorMatcher()).isEqualTo(new Matcher(0.8, 0.2, true));
        assertThat(detector.anchorSampler()).isEqualTo(new BalancedSampler(15, 0.4));
        assertThat(detector.truths()).isEqualTo(18);
        float[] regions = {0, 0, 0, 10, 10, 0, 20, 20, 30, 30};
        float[] codes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.5f, 0, 0, 0, 0, 0, 0, 0};
        Detections found = detector.decode(regions, new float[] {0, 1, 0, 0, 2, 0}, codes, 0, 3, Size.of(64));
        assertThat(found.boxes()).containsExactly(25, 20, 35, 30); // half of ten to the right; one detection
        assertThat(detector.decode(regions, new float[6], new float[24], 0, 3, Size.of(64))
                        .count())
                .isEqualTo(1);
        assertThat(detector.decode(regions, new float[] {2, 0, 0, 2, 0, 0}, new float[24], 0, 3, Size.of(64))
                        .count())
                .isZero(); // scores of 0.106
    }

    @Test
    void refusesTrunksThatItCannotStandOn() {
        assertThatThrownBy(() -> Model.of(
                        Backbones.builtIn().get("resnet18"), Heads.builtIn().get("faster_rcnn"), 3))
                .isInstanceOf(GraphException.class)
                .hasMessage(
                        "faster_rcnn: needs levels of equal channels, resnet18 has [64, 64, 128, 256, 512]; put a neck"
                                + " between: {name: fpn}");
        assertThatThrownBy(() -> with(anchors(new FasterRcnnConfig.AnchorOptions(List.of(8.0, 9.0), null, null))))
                .isInstanceOf(GraphException.class)
                .hasMessage("sizes: are 2, there are 5 levels, reductions [4, 8, 16, 32, 64]");
    }

    /** The message of each number that is just out of its range. */
    @Test
    void refusesOptionsOutOfRange() {
        refused(() -> new FasterRcnnConfig(null, null, null, null, null, 0), "truths: must lie in 1 to 65536, is 0");
        refused(() -> new FasterRcnnConfig.AnchorOptions(null, List.of(), null), "ratios: needs a number");
        refused(() -> new FasterRcnnConfig.AnchorOptions(List.of(), null, null), "sizes: must not be empty");
        refused(() -> new FasterRcnnConfig.AnchorOptions(List.of(0.0), null, null), "sizes: must be above 0, has 0.0");
        refused(
                () -> new FasterRcnnConfig.AnchorOptions(null, List.of(1.0, -1.0), null),
                "ratios: must be above 0, has -1.0");
        refused(() -> new FasterRcnnConfig.AnchorOptions(null, null, true), "every_level: needs sizes");
        Map<String, Object> fine = Map.of();
        assertThat(proposals(fine)).isEqualTo(proposals(Map.of("convs", 1, "nms", 0.7)));
        refused(() -> proposals(Map.of("beforeNms", 65537)), "before_nms: must lie in 1 to 65536, is 65537");
        refused(() -> proposals(Map.of("afterNms", 0)), "after_nms: must lie in 1 to 65536, is 0");
        refused(() -> proposals(Map.of("testBeforeNms", 0)), "test_before_nms: must lie in 1 to 65536, is 0");
        refused(() -> proposals(Map.of("testAfterNms", 0)), "test_after_nms: must lie in 1 to 65536, is 0");
        refused(() -> proposals(Map.of("nms", 1.1)), "nms: must lie in [0, 1], is 1.1");
        refused(() -> proposals(Map.of("minSide", -0.1)), "min_side: must not be negative, is -0.1");
        refused(() -> proposals(Map.of("minScore", 1.0)), "min_score: must lie in [0, 1), is 1.0");
        refused(() -> proposals(Map.of("samples", 0)), "samples: must lie in 1 to 65536, is 0");
        refused(() -> proposals(Map.of("positiveShare", -0.1)), "positive_share: must lie in [0, 1], is -0.1");
        refused(() -> proposals(Map.of("negative", 0.8)), "negative: is 0.8, must not be above positive, 0.7");
        refused(() -> proposals(Map.of("convs", 17)), "convs: must lie in 1 to 16, is 17");
        refused(() -> box(Map.of("samples", 0)), "samples: must lie in 1 to 65536, is 0");
        refused(() -> box(Map.of("positiveShare", 2.0)), "positive_share: must lie in [0, 1], is 2.0");
        refused(() -> box(Map.of("positive", 0.0)), "positive: must be above 0");
        refused(() -> box(Map.of("pooled", 65)), "pooled: must lie in 1 to 64, is 65");
        refused(() -> box(Map.of("samplingRatio", -1)), "sampling_ratio: must lie in 0 to 65536, is -1");
        refused(() -> box(Map.of("coderWeights", List.of(1.0))), "coder_weights: must be 4, are 1");
        refused(
                () -> box(Map.of("coderWeights", List.of(1.0, 1.0, 0.0, 1.0))),
                "coder_weights: must be above 0, has 0.0");
        refused(() -> box(Map.of("channels", 0)), "channels: must lie in 1 to 65536, is 0");
        refused(() -> box(Map.of("convs", 17)), "convs: must lie in 0 to 16, is 17");
        refused(() -> new FasterRcnnConfig.Limits(-0.1, null, null), "score: must lie in [0, 1], is -0.1");
        refused(() -> new FasterRcnnConfig.Limits(null, 1.5, null), "nms: must lie in [0, 1], is 1.5");
        refused(() -> new FasterRcnnConfig.Limits(null, null, 0), "per_image: must lie in 1 to 65536, is 0");
    }

    private static FasterRcnnConfig.Proposals proposals(Map<String, Object> given) {
        return Records.of(FasterRcnnConfig.Proposals.class, given);
    }

    private static FasterRcnnConfig.Box box(Map<String, Object> given) {
        return Records.of(FasterRcnnConfig.Box.class, given);
    }

    private static void refused(ThrowingCallable made, String message) {
        assertThatThrownBy(made).isInstanceOf(GraphException.class).hasMessage(message);
    }
}
