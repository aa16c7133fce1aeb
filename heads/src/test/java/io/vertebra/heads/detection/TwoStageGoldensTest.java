package io.vertebra.heads.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.backbones.Backbones;
import io.vertebra.backbones.Engines;
import io.vertebra.backbones.Formula;
import io.vertebra.backbones.Norm;
import io.vertebra.backbones.ResNet;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Size;
import io.vertebra.heads.Detections;
import io.vertebra.heads.HeadPart;
import io.vertebra.heads.Heads;
import io.vertebra.heads.Model;
import io.vertebra.heads.Models;
import io.vertebra.heads.Neck;
import io.vertebra.heads.neck.FpnNeck;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With weights by formula, two-stage detectors answer and learn as torchvision's in float64. */
class TwoStageGoldensTest {
    private static final Size PICTURES = new Size(96, 128);
    private static final List<Size> SIZES = List.of(PICTURES, new Size(80, 112));
    private static final int CLASSES = 5;
    private static final int REGIONS = 40;

    /** Boxes in pixels: the network in float32 is off by less than 1e-4 of the picture's side. */
    private static final float PIXELS = 1e-2f;

    /** Regions are cut where an engine's own proposals lie: 1e-5 of a side off, and features are steep. */
    private static final double CUT = 4;

    /** ResNet-18 and narrow layers; every anchor and every region counts. */
    private static Model small() {
        FasterRcnnConfig config = new FasterRcnnConfig(
                FasterRcnnConfig.Style.TORCHVISION,
                null,
                new FasterRcnnConfig.Proposals(80, 70, 60, REGIONS, null, null, null, 1 << 16, null, null, null, null),
                new FasterRcnnConfig.Box(1 << 10, 0.5, null, null, null, null, 48, null),
                null,
                4);
        FpnNeck.Config neck = new FpnNeck.Config(FpnNeck.Style.TORCHVISION, 32, null, null, null);
        return new Model(
                Backbones.builtIn().get("resnet18", new ResNet.Config(null, Norm.FROZEN, null, null, null, null, null)),
                Optional.of(Neck.of("fpn", new FpnNeck()).with(neck)),
                Map.of("", HeadPart.of(Heads.builtIn().get("faster_rcnn").with(config), CLASSES)),
                Conventions.DEFAULT);
    }

    /** A published one, with as few regions as its golden. */
    private static Model published(String name) {
        Model model = Models.builtIn().get(name).withClasses(CLASSES);
        FasterRcnnConfig config = (FasterRcnnConfig) model.head().config();
        FasterRcnnConfig.Proposals few = new FasterRcnnConfig.Proposals(
                null,
                null,
                60,
                REGIONS,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                config.proposals().convs());
        return model.with(model.head()
                .with(new FasterRcnnConfig(config.style(), config.anchors(), few, config.box(), null, null)));
    }

    private static Batch pictures(Map<String, Tensor> more) {
        Map<String, Tensor> inputs = new LinkedHashMap<>(more);
        inputs.put("input", Formula.tensor("input", 2, 3, PICTURES.height(), PICTURES.width()));
        float[] sizes = new float[4];
        for (int n = 0; n < 2; n++) {
            sizes[2 * n] = SIZES.get(n).height();
            sizes[2 * n + 1] = SIZES.get(n).width();
        }
        inputs.put("sizes", Tensor.of(sizes, 2, 2));
        return new Batch(inputs);
    }

    /** The golden's weights: by formula, and a 64th of that in the predictors. */
    private static Parameters parameters(Graph graph, DetectorGolden golden) {
        Parameters parameters = Formula.parameters(graph, 1, golden.names(graph)::get);
        for (String name : parameters.names()) {
            if (name.matches(".*(cls_logits|bbox_pred|cls_score)\\.weight")) {
                float[] values = parameters.get(name);
                for (int i = 0; i < values.length; i++) {
                    values[i] /= 64;
                }
            }
        }
        return parameters;
    }

    @Test
    void smallOneAnswersAsTorchvision() {
        answers("onednn", Precision.FP32, small(), DetectorGolden.of("small_rcnn"), 3e-5);
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource({"reference, FP64, 1e-6", "dl4j, FP32, 3e-5", "cuda-emulated, FP32, 3e-5"})
    void smallOneAnswersAsTorchvisionOn(String engine, Precision precision, double tolerance) {
        answers(engine, precision, small(), DetectorGolden.of("small_rcnn"), tolerance);
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource({
        "onednn, fasterrcnn_resnet50_fpn",
        "onednn, fasterrcnn_resnet50_fpn_v2",
        "onednn, fasterrcnn_mobilenet_v3_large_320_fpn",
        "dl4j, fasterrcnn_resnet50_fpn",
        "dl4j, fasterrcnn_mobilenet_v3_large_320_fpn"
    })
    void answersAsTorchvision(String engine, String name) {
        answers(engine, Precision.FP32, published(name), DetectorGolden.of(name), 3e-5);
    }

    private static void answers(
            String engine, Precision precision, Model model, DetectorGolden golden, double tolerance) {
        List<String> names = model.detector().outputs();
        Graph graph = model.inference()
                .withOutputs(
                        "rpn.class_logits", "rpn.box_encodings", "proposals", "roi.class_logits", "roi.box_encodings");
        try (Session session =
                Engines.named(engine).open(graph, parameters(graph, golden), Options.inference(precision))) {
            Outputs outputs = session.evaluate(pictures(Map.of()));
            for (String name : List.of("rpn.class_logits", "rpn.box_encodings")) {
                DetectorGolden.compare(name, outputs.get(name), golden.json().path(name), tolerance);
            }
            JsonNode regions = golden.json().path("proposals");
            int all = proposals(outputs.get("proposals").data(), regions);
            for (String name : List.of("roi.class_logits", "roi.box_encodings")) {
                Tensor.Floats got = withoutPadding(outputs.get(name), regions);
                assertThat(got.shape().n()).isEqualTo(all);
                DetectorGolden.compare(name, got, golden.json().path(name), CUT * tolerance);
            }
            assertThat(names).allSatisfy(name -> assertThat(outputs.get(name)).isNotNull());
            for (int row = 0; row < 2; row++) {
                Detections found = model.detector().decode(outputs::get, row, PICTURES, SIZES.get(row));
                compare(found, golden.json().path("found").get(row));
            }
        }
    }

    /** Each picture's regions, then some without area; gives the number of those that have one. */
    private static int proposals(float[] got, JsonNode golden) {
        assertThat(got).hasSize(5 * REGIONS * golden.size());
        int all = 0;
        for (int n = 0; n < golden.size(); n++) {
            for (int i = 0; i < REGIONS; i++) {
                int at = 5 * (n * REGIONS + i);
                assertThat(got[at]).isEqualTo(n);
                for (int side = 0; side < 4; side++) {
                    double wanted = golden.get(n).path(i).path(side).asDouble(0);
                    assertThat(got[at + 1 + side]).as("proposal %d", i).isCloseTo((float) wanted, within(PIXELS));
                }
            }
            all += golden.get(n).size();
        }
        return all;
    }

    private static Tensor.Floats withoutPadding(Tensor.Floats rows, JsonNode regions) {
        int columns = rows.shape().c();
        int count = regions.get(0).size() + regions.get(1).size();
        float[] kept = new float[count * columns];
        int first = regions.get(0).size() * columns;
        System.arraycopy(rows.data(), 0, kept, 0, first);
        System.arraycopy(rows.data(), REGIONS * columns, kept, first, kept.length - first);
        return Tensor.of(kept, count, columns);
    }

    private static void compare(Detections found, JsonNode golden) {
        assertThat(found.count()).isEqualTo(golden.path("scores").size()).isPositive();
        for (int i = 0; i < found.count(); i++) {
            float score = (float) golden.path("scores").get(i).asDouble();
            assertThat(found.scores()[i]).as("score %d", i).isCloseTo(score, within(1e-4f));
            assertThat(found.classes()[i])
                    .as("class %d", i)
                    .isEqualTo(golden.path("labels").get(i).asInt());
            for (int side = 0; side < 4; side++) {
                float wanted = (float) golden.path("boxes").get(i).get(side).asDouble();
                assertThat(found.boxes()[4 * i + side]).as("box %d", i).isCloseTo(wanted, within(PIXELS));
            }
        }
    }

    @Test
    void smallOneLearnsAsTorchvision() {
        learns("onednn");
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"reference", "dl4j", "cuda-emulated"})
    void smallOneLearnsAsTorchvisionOn(String engine) {
        learns(engine);
    }

    private static void learns(String engine) {
        DetectorGolden golden = DetectorGolden.of("small_rcnn");
        JsonNode wanted = golden.json().path("training");
        boolean exact = engine.equals("reference");
        Graph graph = TwoStageTraining.graph(small());
        Map<String, Tensor> truths = TwoStageTraining.truths(small(), PICTURES, wanted);
        Options options = Options.gradients(exact ? Precision.FP64 : Precision.FP32, true);
        try (Session session = Engines.named(engine).open(graph, parameters(graph, golden), options)) {
            Outputs outputs = session.gradients(pictures(truths), Map.of("loss", Tensor.of(new float[] {1})));
            assertThat(wanted.path("losses")).hasSize(4);
            for (Map.Entry<String, JsonNode> loss : wanted.path("losses").properties()) {
                assertThat(outputs.get("loss." + loss.getKey()).data()[0])
                        .as(loss.getKey())
                        .isCloseTo((float) loss.getValue().asDouble(), within(exact ? 1e-6f : 1e-5f));
            }
            assertThat(wanted.path("gradients")).hasSize(10);
            for (Map.Entry<String, JsonNode> g : wanted.path("gradients").properties()) {
                Tensor.Floats got = outputs.get("grad." + g.getKey());
                DetectorGolden.compare(g.getKey(), got, g.getValue(), exact ? 1e-5 : 1e-3);
            }
        }
    }
}
