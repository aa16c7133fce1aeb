package io.vertebra.tasks.metrics.coco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertebra.tasks.metrics.Shared;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every number is one that pycocotools gave; the curves are compared to the last bit. */
class CocoReferenceTest {

    private static final String FOLDER = "data/coco_eval_reference/";

    @TempDir
    Path folder;

    private static CocoSummary evaluate(Path truthFile, Path resultsFile, CocoKind kind) {
        CocoTruth truth = CocoFiles.truth(truthFile, kind);
        return CocoEvaluation.evaluate(truth, CocoFiles.results(resultsFile, truth, kind), kind);
    }

    @ParameterizedTest
    @CsvSource({
        "real_val2014_100, bbox, BOX",
        "real_val2014_100, segm, MASK",
        "synthetic, bbox, BOX",
        "synthetic, segm, MASK"
    })
    void isPycocotools(String set, String type, CocoKind kind) {
        JsonNode expected = Shared.json(FOLDER + set + "/expected_" + type + ".json");
        CocoSummary summary = evaluate(
                Shared.path(FOLDER + set + "/gt.json"), Shared.path(FOLDER + set + "/dt_" + type + ".json"), kind);
        JsonNode params = expected.get("params");
        for (int t = 0; t < CocoSummary.THRESHOLDS; t++) {
            assertThat(CocoSummary.threshold(t))
                    .isEqualTo(params.get("iouThrs").get(t).doubleValue());
        }
        for (int r = 0; r < CocoSummary.RECALLS; r++) {
            assertThat(CocoSummary.level(r))
                    .isEqualTo(params.get("recThrs").get(r).doubleValue());
        }
        int i = 0;
        for (Map.Entry<String, Double> stat : summary.stats().entrySet()) {
            assertThat(stat.getKey())
                    .isEqualTo(expected.get("stats_names").get(i).textValue());
            assertThat(stat.getValue())
                    .as(stat.getKey())
                    .isCloseTo(expected.get("stats").get(i++).doubleValue(), within(1e-12));
        }
        perCategory(summary, expected);
        assertThat(sha256(summary.precision()))
                .isEqualTo(expected.at("/precision/sha256").textValue());
        assertThat(sha256(summary.scores()))
                .isEqualTo(expected.at("/scores/sha256").textValue());
        assertThat(sha256(summary.recall()))
                .isEqualTo(expected.at("/recall/sha256").textValue());
        curves(summary, expected);
    }

    private static void perCategory(CocoSummary summary, JsonNode expected) {
        Iterator<CocoSummary.OfCategory> rows = summary.perCategory().iterator();
        for (JsonNode category : expected.get("per_category")) {
            CocoSummary.OfCategory row = rows.next();
            assertThat(row.category().id())
                    .isEqualTo(category.get("category_id").longValue());
            assertThat(row.stats()).hasSize(category.size() - 1);
            row.stats()
                    .forEach((name, value) -> assertThat(value)
                            .as(name + " of " + row.category())
                            .isCloseTo(category.get(name).doubleValue(), within(1e-12)));
            assertThat(row.objects() == 0).isEqualTo(row.stats().get("AR_100") == -1);
        }
        assertThat(rows).isExhausted();
        JsonNode means = expected.get("ap_tka_maxdet100");
        for (int t = 0; t < means.size(); t++) {
            for (int k = 0; k < means.get(t).size(); k++) {
                for (CocoSize size : CocoSize.values()) {
                    assertThat(summary.averagePrecision(t, k, size))
                            .isCloseTo(means.get(t).get(k).get(size.index()).doubleValue(), within(1e-12));
                }
            }
        }
    }

    private static void curves(CocoSummary summary, JsonNode expected) {
        int compared = 0;
        for (JsonNode curve : expected.get("curves")) {
            if (curve.get("m").intValue() == CocoSummary.MOST) {
                CocoSummary.Curve ours =
                        summary.curve(curve.get("t").intValue(), curve.get("k").intValue());
                for (int r = 0; r < CocoSummary.RECALLS; r++) {
                    assertThat(ours.precision().get(r))
                            .isEqualTo(curve.get("precision").get(r).doubleValue());
                    assertThat(ours.scores().get(r))
                            .isEqualTo(curve.get("scores").get(r).doubleValue());
                }
                compared++;
            }
        }
        assertThat(compared).isPositive();
    }

    private static String sha256(double[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(values);
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @TestFactory
    Stream<DynamicTest> rulesThatAreEasyToGetWrong() {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode quirk : Shared.json(FOLDER + "quirks.json")) {
            String name = quirk.get("name").textValue();
            tests.add(DynamicTest.dynamicTest(name, () -> {
                Path truth = write(name + "_gt.json", quirk.get("gt"));
                Path results = write(name + "_dt.json", quirk.get("dt"));
                CocoSummary summary = evaluate(truth, results, CocoKind.BOX);
                int i = 0;
                for (double stat : summary.stats().values()) {
                    assertThat(stat).isCloseTo(quirk.get("stats").get(i++).doubleValue(), within(1e-12));
                }
                for (int k = 0; k < quirk.get("per_category_AP").size(); k++) {
                    assertThat(summary.perCategory().get(k).stats().get("AP"))
                            .isCloseTo(quirk.get("per_category_AP").get(k).doubleValue(), within(1e-12));
                }
                assertThat(summary.strayDetections()).isEqualTo(name.startsWith("unknown_category") ? 1 : 0);
            }));
        }
        assertThat(tests).hasSize(16);
        return tests.stream();
    }

    private Path write(String name, JsonNode json) throws IOException {
        return Files.write(folder.resolve(name), new ObjectMapper().writeValueAsBytes(json));
    }

    @Test
    void boxesOverlapAsPycocotoolsSays() {
        JsonNode reference = Shared.json(FOLDER + "mask_api.json").get("box_iou");
        CocoTruth.Builder builder =
                CocoTruth.builder().image(new CocoTruth.Image(1, 0, 0)).category(1, "a");
        CocoResults results = new CocoResults();
        JsonNode truths = reference.get("gt_xywh");
        JsonNode detections = reference.get("dt_xywh");
        for (int g = 0; g < truths.size(); g++) {
            JsonNode b = truths.get(g);
            double[] box = {
                b.get(0).doubleValue(),
                b.get(1).doubleValue(),
                b.get(2).doubleValue(),
                b.get(3).doubleValue()
            };
            builder.object(1, 1, box, 1, reference.get("iscrowd").get(g).intValue() == 1, java.util.Optional.empty());
        }
        for (JsonNode b : detections) {
            results.add(
                    1,
                    1,
                    b.get(0).doubleValue(),
                    b.get(1).doubleValue(),
                    b.get(2).doubleValue(),
                    b.get(3).doubleValue(),
                    1);
        }
        Overlaps overlaps = new Overlaps(builder.build(), results, CocoKind.BOX);
        overlaps.fill(new int[] {-1, 0, 1, 2, 3, 4, 5}, 1, 6, new int[] {0, 1, 2, 3, 4});
        for (int d = 0; d < detections.size(); d++) {
            double best = 0;
            for (int g = 0; g < truths.size(); g++) {
                double expected = reference.get("iou").get(d).get(g).doubleValue();
                best = Math.max(best, expected);
                assertThat(overlaps.of(d, g)).isCloseTo(expected, within(1e-15));
            }
            assertThat(overlaps.best(d)).isCloseTo(best, within(1e-15));
        }
    }

    @ParameterizedTest
    @CsvSource({"bbox, BOX", "segm, MASK"})
    void resultsSurviveBeingWritten(String type, CocoKind kind) {
        Path truthFile = Shared.path(FOLDER + "synthetic/gt.json");
        Path original = Shared.path(FOLDER + "synthetic/dt_" + type + ".json");
        CocoTruth truth = CocoFiles.truth(truthFile, kind);
        Path copy = folder.resolve("copy.json");
        CocoResults read = CocoFiles.results(original, truth, kind);
        CocoFiles.write(copy, read);
        CocoSummary expected = evaluate(truthFile, original, kind);
        assertThat(evaluate(truthFile, copy, kind).precision()).isEqualTo(expected.precision());
        assertThat(CocoFiles.results(copy, truth, kind).size()).isEqualTo(read.size());
    }
}
