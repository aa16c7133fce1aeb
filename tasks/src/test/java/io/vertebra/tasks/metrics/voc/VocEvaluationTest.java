package io.vertebra.tasks.metrics.voc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.tasks.metrics.Shared;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocEvaluationTest {

    private static final String FOLDER = "data/voc_map_reference/";

    @TestFactory
    Stream<DynamicTest> isTheDevelopmentKits() {
        Path folder = Shared.path(FOLDER);
        Map<String, List<VocObject>> truth = VocFiles.truth(folder, "test");
        Map<String, List<VocDetection>> results = VocFiles.results(folder.resolve("results"), truth);
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode set : Shared.json(FOLDER + "expected.json").get("sets")) {
            String convention = set.get("pixel_convention").textValue();
            double iou = set.get("iou_threshold").doubleValue();
            // the half-open form of the same numbers has no + 1 left
            UnaryOperator<VocBox> form = convention.startsWith("inclusive")
                    ? box -> box
                    : box -> VocBox.ofCorners(box.xmin(), box.ymin(), box.xmax(), box.ymax());
            for (VocMetric metric : VocMetric.values()) {
                String key = metric == VocMetric.AREA ? "area" : "11point";
                tests.add(DynamicTest.dynamicTest(convention + " " + iou + " " + key, () -> {
                    VocSummary summary =
                            VocEvaluation.evaluate(objects(truth, form), detections(results, form), iou, metric);
                    assertThat(summary.meanAveragePrecision())
                            .isCloseTo(set.get("mAP_" + key).doubleValue(), within(1e-9));
                    assertThat(summary.classes()).hasSize(set.get("per_class").size());
                    summary.classes()
                            .forEach(
                                    (name, c) -> compare(c, set.get("per_class").get(name), "ap_" + key));
                }));
            }
        }
        assertThat(tests).hasSize(8);
        return tests.stream();
    }

    private static Map<String, List<VocObject>> objects(
            Map<String, List<VocObject>> truth, UnaryOperator<VocBox> form) {
        Map<String, List<VocObject>> moved = new LinkedHashMap<>();
        truth.forEach((image, objects) -> moved.put(
                image,
                objects.stream()
                        .map(o -> new VocObject(o.className(), form.apply(o.box()), o.difficult()))
                        .toList()));
        return moved;
    }

    private static Map<String, List<VocDetection>> detections(
            Map<String, List<VocDetection>> results, UnaryOperator<VocBox> form) {
        Map<String, List<VocDetection>> moved = new LinkedHashMap<>();
        results.forEach((name, detections) -> moved.put(
                name,
                detections.stream()
                        .map(d -> new VocDetection(d.image(), d.score(), form.apply(d.box())))
                        .toList()));
        return moved;
    }

    private static void compare(VocSummary.OfClass c, JsonNode expected, String key) {
        if (expected.isNull()) {
            assertThat(c.positives()).isZero();
            assertThat(c.averagePrecision()).isNaN();
            return;
        }
        assertThat(c.positives()).isEqualTo(expected.get("npos").intValue());
        assertThat(c.detections()).isEqualTo(expected.get("n_det").intValue());
        assertThat(c.truePositives()).isEqualTo(expected.get("tp").intValue());
        assertThat(c.falsePositives()).isEqualTo(expected.get("fp").intValue());
        assertThat(c.averagePrecision()).isCloseTo(expected.get(key).doubleValue(), within(1e-9));
        int last = c.detections() - 1;
        assertThat(c.recall()).hasSize(c.detections());
        assertThat(last < 0 ? 0 : c.recall().get(last))
                .isCloseTo(expected.get("recall_last").doubleValue(), within(1e-12));
        if (last >= 0 && !expected.get("precision_last").isNull()) {
            assertThat(c.precision().get(last))
                    .isCloseTo(expected.get("precision_last").doubleValue(), within(1e-12));
        }
    }

    @TestFactory
    Stream<DynamicTest> smallCasesCountAsTheKitCounts() {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode c : Shared.json(FOLDER + "mini_cases.json")) {
            tests.add(DynamicTest.dynamicTest(c.get("name").textValue(), () -> {
                Map<String, List<VocObject>> truth = new LinkedHashMap<>();
                c.get("truth").properties().forEach(e -> {
                    List<VocObject> objects = new ArrayList<>();
                    e.getValue()
                            .forEach(o -> objects.add(new VocObject(
                                    "it", box(o.get("box")), o.get("difficult").intValue() == 1)));
                    truth.put(e.getKey(), objects);
                });
                List<VocDetection> detections = new ArrayList<>();
                c.get("detections")
                        .forEach(d -> detections.add(new VocDetection(
                                d.get("image").textValue(), d.get("score").doubleValue(), box(d.get("box")))));
                double iou = c.get("iou_threshold").doubleValue();
                for (VocMetric metric : VocMetric.values()) {
                    VocSummary summary = VocEvaluation.evaluate(truth, Map.of("it", detections), iou, metric);
                    compare(
                            summary.classes().get("it"),
                            c.get("devkit"),
                            metric == VocMetric.AREA ? "ap_area" : "ap_11point");
                }
            }));
        }
        assertThat(tests).hasSize(9);
        return tests.stream();
    }

    private static VocBox box(JsonNode b) {
        return new VocBox(
                b.get(0).doubleValue(),
                b.get(1).doubleValue(),
                b.get(2).doubleValue(),
                b.get(3).doubleValue());
    }

    @Test
    void boxesThatTouchOnlyAtCornersDoNotMeet() {
        VocBox box = new VocBox(1, 1, 10, 10);
        assertThat(box.iou(box)).isEqualTo(1);
        assertThat(box.iou(new VocBox(11, 1, 20, 10))).isZero();
        assertThat(box.iou(new VocBox(1, 11, 10, 20))).isZero();
        assertThat(box.iou(new VocBox(10, 10, 19, 19))).isEqualTo(1.0 / 199);
        assertThat(VocBox.ofCorners(0, 2, 10, 12)).isEqualTo(new VocBox(1, 3, 10, 12));
    }

    @Test
    void aClassWithoutDetectionsCountsZeroAndOneWithoutObjectsNotAtAll() {
        VocBox box = new VocBox(1, 1, 10, 10);
        Map<String, List<VocObject>> truth = Map.of(
                "p", List.of(new VocObject("cat", box, false), new VocObject("dog", box, false)), "q", List.of());
        VocDetection hit = new VocDetection("p", 0.5, box);
        VocDetection miss = new VocDetection("q", 0.9, box);
        VocSummary summary =
                VocEvaluation.evaluate(truth, Map.of("cat", List.of(hit), "fish", List.of(miss)), 0.5, VocMetric.AREA);
        assertThat(summary.classes().keySet()).containsExactly("cat", "dog", "fish");
        assertThat(summary.classes().get("cat").averagePrecision()).isEqualTo(1);
        assertThat(summary.classes().get("dog").averagePrecision()).isZero();
        assertThat(summary.classes().get("fish").averagePrecision()).isNaN();
        assertThat(summary.classes().get("fish").falsePositives()).isEqualTo(1);
        assertThat(summary.meanAveragePrecision()).isEqualTo(0.5);
        assertThat(VocEvaluation.evaluate(Map.of(), Map.of(), 0.5, VocMetric.AREA)
                        .meanAveragePrecision())
                .isNaN();
    }

    @Test
    void equalScoresKeepTheirOrder() {
        VocBox box = new VocBox(1, 1, 10, 10);
        Map<String, List<VocObject>> truth = Map.of("p", List.of(new VocObject("cat", box, false)), "q", List.of());
        List<VocDetection> rows = List.of(new VocDetection("q", 0.0, box), new VocDetection("p", -0.0, box));
        VocSummary.OfClass c = VocEvaluation.evaluate(truth, Map.of("cat", rows), 0.5, VocMetric.AREA)
                .classes()
                .get("cat");
        assertThat(c.precision()).containsExactly(0.0, 0.5);
        assertThat(c.averagePrecision()).isEqualTo(0.5);
        List<VocDetection> turned = List.of(rows.get(1), rows.get(0)); // -0 does not stand behind 0
        c = VocEvaluation.evaluate(truth, Map.of("cat", turned), 0.5, VocMetric.AREA)
                .classes()
                .get("cat");
        assertThat(c.precision()).containsExactly(1.0, 0.5);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofObjectsOfTheSamePlaceTheFirstIsFound(boolean firstIsDifficult) { // as the kit's ov > ovmax has it
        VocBox box = new VocBox(1, 1, 10, 10);
        Map<String, List<VocObject>> truth = Map.of(
                "p",
                List.of(new VocObject("cat", box, firstIsDifficult), new VocObject("cat", box, !firstIsDifficult)));
        VocSummary.OfClass c = VocEvaluation.evaluate(
                        truth, Map.of("cat", List.of(new VocDetection("p", 0.5, box))), 0.5, VocMetric.AREA)
                .classes()
                .get("cat");
        assertThat(c.truePositives()).isEqualTo(firstIsDifficult ? 0 : 1);
        assertThat(c.falsePositives()).isZero();
    }

    @Test
    void refusesUnknownPicturesAndThresholdsThatMakeNoSense() {
        VocDetection stray = new VocDetection("z", 1, new VocBox(1, 1, 2, 2));
        assertThatThrownBy(() -> VocEvaluation.evaluate(Map.of(), Map.of("cat", List.of(stray)), 0.5, VocMetric.AREA))
                .hasMessage("results: name an unknown picture z");
        for (double bad : new double[] {0, 1.01, Double.NaN}) {
            assertThatThrownBy(() -> VocEvaluation.evaluate(Map.of(), Map.of(), bad, VocMetric.AREA))
                    .hasMessage("iou: must lie in (0, 1], is " + bad);
        }
        assertThat(VocEvaluation.evaluate(Map.of(), Map.of(), 1, VocMetric.AREA).classes())
                .isEmpty();
    }
}
