package io.vertebra.tasks.detection;

import static io.vertebra.tasks.Scenes.crowd;
import static io.vertebra.tasks.Scenes.difficult;
import static io.vertebra.tasks.Scenes.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.Instance;
import io.vertebra.datasets.NumberedData;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Box;
import io.vertebra.tasks.Labels;
import io.vertebra.tasks.Scenes;
import io.vertebra.tasks.config.EvaluateConfig.Protocol;
import io.vertebra.tasks.metrics.coco.CocoEvaluation;
import io.vertebra.tasks.metrics.coco.CocoKind;
import io.vertebra.tasks.metrics.coco.CocoResults;
import io.vertebra.tasks.metrics.coco.CocoSummary;
import io.vertebra.tasks.metrics.coco.CocoTruth;
import io.vertebra.tasks.report.Charts;
import io.vertebra.tasks.report.ConfusionPicture;
import io.vertebra.tasks.report.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The network knows four classes, the data two of them in another order, and no cat is there. */
class DetectionScoresTest {
    private static final List<String> NAMES = List.of("bird", "cat", "dog", "fish");
    private static final List<String> OF_DATA = List.of("dog", "bird", "cat");
    private static final List<List<Instance>> TRUTHS = List.of(
            List.of(object(0, 0, 0, 20, 20), object(1, 30, 30, 50, 60)),
            List.of(),
            List.of(object(0, 10, 10, 30, 40), crowd(object(0, 40, 0, 64, 64)), difficult(object(1, 0, 40, 9, 60))));
    private static final List<List<Found>> FOUND = List.of(
            List.of(
                    found(2, 0.9, 0, 0, 20, 18),
                    found(0, 0.8, 30, 30, 50, 45),
                    found(3, 0.7, 0, 0, 9, 9),
                    found(2, 0.4, 40, 0, 60, 10)),
            List.of(found(0, 0.6, 1, 1, 12, 12)),
            List.of(found(2, 0.5, 10, 12, 30, 42), found(2, 0.35, 45, 5, 55, 15), found(0, 0.2, 0, 41, 9, 60)));

    private static Found found(int label, double score, float x1, float y1, float x2, float y2) {
        return new Found(label, score, new Box(x1, y1, x2, y2));
    }

    private static Scenes data() {
        return Scenes.of(OF_DATA, 64, 64, TRUTHS);
    }

    private static DetectionScores scores(Dataset data, Protocol protocol) {
        DetectionScores scores = new DetectionScores(Labels.of(NAMES), data, protocol, null);
        for (int i = 0; i < FOUND.size(); i++) {
            scores.add(i, FOUND.get(i));
        }
        return scores;
    }

    /** The same by hand for the evaluation itself: ids 1, 2, 3 are dog, bird, cat. */
    private static Map<String, Double> coco() {
        CocoTruth.Builder truth =
                CocoTruth.builder().category(1, "dog").category(2, "bird").category(3, "cat");
        for (int i = 1; i <= 3; i++) {
            truth.image(new CocoTruth.Image(i, 64, 64));
        }
        truth.object(1, 1, new double[] {0, 0, 20, 20}, 400, false, Optional.empty());
        truth.object(1, 2, new double[] {30, 30, 20, 30}, 600, false, Optional.empty());
        truth.object(3, 1, new double[] {10, 10, 20, 30}, 600, false, Optional.empty());
        truth.object(3, 1, new double[] {40, 0, 24, 64}, 24 * 64, true, Optional.empty());
        truth.object(3, 2, new double[] {0, 40, 9, 20}, 180, false, Optional.empty());
        CocoResults results = new CocoResults();
        results.add(1, 1, 0, 0, 20, 18, 0.9);
        results.add(1, 2, 30, 30, 20, 15, 0.8);
        results.add(1, 1, 40, 0, 20, 10, 0.4);
        results.add(2, 2, 1, 1, 11, 11, 0.6);
        results.add(3, 1, 10, 12, 20, 30, 0.5);
        results.add(3, 1, 45, 5, 10, 10, 0.35);
        results.add(3, 2, 0, 41, 9, 19, 0.2);
        return CocoEvaluation.evaluate(truth.build(), results, CocoKind.BOX).stats();
    }

    @Test
    void figuresOfCocoAreItsEvaluations() {
        DetectionScores scores = scores(data(), Protocol.COCO);
        Map<String, Double> values = scores.values();
        assertThat(values.keySet())
                .containsExactly("AP", "AP50", "AP75", "AP_small", "AP_medium", "AP_large", "AR_100");
        Map<String, Double> wanted = coco();
        assertThat(wanted.get("AP50")).isBetween(0.1, 0.95);
        for (String name : List.of("AP", "AP50", "AP75", "AP_small", "AR_100")) {
            assertThat(values.get(name)).as(name).isEqualTo(wanted.get(name));
        }
        assertThat(values.get("AP_medium")).isNaN();
        assertThat(values.get("AP_large")).isNaN();
        assertThat(scores.samples()).isEqualTo(3);
    }

    /**
     * Dogs: 0.9 hits, 0.5 hits, 0.4 and 0.35 do not (0.35 lies in the crowd, but overlaps it by far less than half): recall 1/2, 1 at
     * precision 1, 1. Birds: one counts, the difficult one does not; 0.8 has IoU 0.5 with VOC's pixels (20 x 15 of 20 x 30), 0.6 is
     * false.
     */
    @Test
    void figuresOfVocAreMeansOfTheClassesThatAreThere() {
        assertThat(scores(data(), Protocol.VOC10).values()).containsOnly(Map.entry("mAP", 1.0));
        List<Part> parts = scores(data(), Protocol.VOC07).parts();
        Part.Table table = (Part.Table) parts.get(0);
        assertThat(table.header()).containsExactly("class", "objects", "AP", "found", "false");
        assertThat(table.rows())
                .containsExactly(
                        List.of("bird", "1", "100.0 %", "1", "1"),
                        List.of("cat", "0", "–", "0", "0"),
                        List.of("dog", "2", "100.0 %", "2", "2"));
    }

    /** 3 of 4 dogs found with one mistake in front: the two rules read the curve in different places. */
    @Test
    void theElevenPointsDifferFromTheArea() {
        Scenes four = Scenes.of(
                List.of("dog"),
                64,
                64,
                List.of(List.of(
                        object(0, 0, 0, 9, 9),
                        object(0, 10, 0, 19, 9),
                        object(0, 20, 0, 29, 9),
                        object(0, 30, 0, 39, 9))));
        List<Found> found = List.of(
                found(2, 0.9, 0, 0, 9, 9),
                found(2, 0.8, 50, 50, 60, 60),
                found(2, 0.7, 10, 0, 19, 9),
                found(2, 0.6, 20, 0, 29, 9));
        DetectionScores area = new DetectionScores(Labels.of(NAMES), four, Protocol.VOC10, null);
        area.add(0, found);
        assertThat(area.values().get("mAP")).isCloseTo(0.25 + 0.5 * 0.75, within(1e-9));
        // the best precision at a recall of at least each level: 1 up to 1/4, 3/4 up to 3/4, 0 behind
        List<Double> recall = new ArrayList<>();
        List<Double> precision = new ArrayList<>();
        for (int i = 0; i <= 100; i++) {
            recall.add(i / 100.0);
            precision.add(i <= 25 ? 1 : i <= 75 ? 0.75 : 0.0);
        }
        Part.Picture drawn = (Part.Picture) area.parts().get(1);
        Part.Picture wanted =
                Charts.precisionRecall(recall, Map.of("dog", precision)).orElseThrow();
        assertThat(drawn.drawing().file()).isEqualTo(wanted.drawing().file());
        DetectionScores points = new DetectionScores(Labels.of(NAMES), four, Protocol.VOC07, null);
        points.add(0, found);
        assertThat(points.values().get("mAP")).isCloseTo((3 * 1 + 5 * 0.75) / 11, within(1e-9));
    }

    @Test
    void rowsAreThoseOfAResultsFile() {
        List<Map<String, Object>> rows = scores(data(), Protocol.COCO).predictions();
        assertThat(rows).hasSize(7); // no fish: the data does not know it
        assertThat(rows.get(1))
                .isEqualTo(Map.of(
                        "image_id", "scene/0", "category_id", 2, "bbox", List.of(30f, 30f, 20f, 15f), "score", 0.8));
        assertThat(rows.get(1).keySet()).containsExactly("image_id", "category_id", "bbox", "score");
    }

    private record Numbered(Scenes scenes) implements NumberedData {
        @Override
        public List<Long> categoryIds() {
            return List.of(18L, 16L, 17L);
        }

        @Override
        public long imageId(int index) {
            return 1000L + index;
        }

        @Override
        public int size() {
            return scenes.size();
        }

        @Override
        public List<String> classNames() {
            return scenes.classNames();
        }

        @Override
        public int label(int index) {
            return 0;
        }

        @Override
        public String id(int index) {
            return scenes.id(index);
        }

        @Override
        public Sample load(int index) {
            return scenes.load(index);
        }
    }

    @Test
    void numbersOfTheDataAreKept() {
        List<Map<String, Object>> rows =
                scores(new Numbered(data()), Protocol.COCO).predictions();
        assertThat(rows).extracting(r -> r.get("image_id")).startsWith(1000L, 1000L, 1000L, 1001L, 1002L);
        assertThat(rows).extracting(r -> r.get("category_id")).startsWith(18L, 16L, 18L, 16L, 18L);
    }

    @Test
    void aClassThatTheNetworkDoesNotKnowIsNamed() {
        Scenes data = Scenes.of(List.of("dog", "horse"), 8, 8, List.of(List.of()));
        assertThatThrownBy(() -> new DetectionScores(Labels.of(NAMES), data, Protocol.COCO, null))
                .hasMessage("classes: the network does not know horse");
    }

    @Test
    void paddedRowsAreNotCounted() {
        Batch batch = new Batch(3, 8, 8, 1, false);
        batch.indices()[0] = 2;
        batch.indices()[1] = 0;
        batch.fill(0, 0, 2);
        DetectionScores scores = new DetectionScores(
                Labels.of(NAMES), data(), Protocol.COCO, (b, network) -> List.of(FOUND.get(2), FOUND.get(0)));
        scores.measure(batch, null);
        assertThat(scores.samples()).isEqualTo(2);
        assertThat(scores.predictions()).extracting(r -> r.get("image_id")).startsWith("scene/2", "scene/2");
    }

    /** Figures are asked for between batches, too. */
    @Test
    void figuresFollowWhatIsAdded() {
        DetectionScores scores = new DetectionScores(Labels.of(NAMES), data(), Protocol.COCO, null);
        scores.add(0, List.of());
        assertThat(scores.values().get("AP50")).isZero();
        scores.add(2, FOUND.get(2));
        assertThat(scores.values().get("AP50")).isGreaterThan(0);
    }

    @Test
    void dataWithoutObjectsHaveNoFigures() {
        Scenes empty = Scenes.of(OF_DATA, 8, 8, List.of(List.of()));
        for (Protocol protocol : Protocol.values()) {
            DetectionScores scores = new DetectionScores(Labels.of(NAMES), empty, protocol, null);
            scores.add(0, List.of(found(0, 0.9, 1, 1, 5, 5)));
            assertThat(scores.values().values()).allMatch(v -> v.isNaN());
            assertThat(scores.parts()).extracting(Part::key).containsExactly("classes", "confusion_matrix", "worst");
        }
    }

    @Test
    void theReportHasTableCurvesMatrixAndTheWorst() {
        List<Part> parts = scores(data(), Protocol.COCO).parts();
        assertThat(parts)
                .extracting(Part::key)
                .containsExactly("classes", "precision_recall", "confusion_matrix", "worst");
        Part.Table table = (Part.Table) parts.get(0);
        assertThat(table.header()).containsExactly("class", "objects", "AP", "AP50", "AR100");
        assertThat(table.rows()).extracting(r -> r.get(0)).containsExactly("dog", "bird", "cat");
        assertThat(table.rows()).extracting(r -> r.get(1)).containsExactly("2", "2", "0");
        assertThat(table.rows().get(2)).containsExactly("cat", "0", "–", "–", "–");
        assertThat(table.rows().get(0).get(3)).isEqualTo("100.0 %");
        Part.Gallery worst = (Part.Gallery) parts.get(3);
        // scene 0: the dog at 0.4 is not there; scene 1: the bird is not; scene 2 has no fault
        assertThat(worst.tiles())
                .extracting(Part.Tile::caption)
                .containsExactly("0 missed, 1 false", "0 missed, 1 false");
        assertThat(worst.tiles().get(0).drawing().image().getWidth()).isEqualTo(360);
    }

    /** Cells of 64 pixels: dog, bird, cat, nothing. */
    @Test
    void theMatrixCountsWhatIsSure() {
        List<Part> parts = scores(data(), Protocol.COCO).parts();
        var matrix = ((Part.Picture) parts.get(2)).drawing().image();
        List<String> filled = new ArrayList<>();
        for (int row = 0; row < 4; row++) {
            for (int column = 0; column < 4; column++) {
                if ((matrix.getRGB(24 + 150 + 64 * column + 3, 48 + 64 * row + 3) & 0xFFFFFF) != 0xFFFFFF) {
                    filled.add(row + "-" + column);
                }
            }
        }
        assertThat(filled).containsExactly("0-0", "1-1", "3-0", "3-1");
    }

    /** Scene 0: the dog is taken for a bird, the bird is missed, and a dog is found twice where none is. Scene 2: nothing is found. */
    @Test
    void mistakesStandInTheMatrixAndUnderTheWorst() {
        DetectionScores scores = new DetectionScores(Labels.of(NAMES), data(), Protocol.COCO, null);
        scores.add(0, List.of(found(0, 0.9, 0, 0, 20, 18), found(2, 0.8, 40, 0, 60, 10), found(2, 0.7, 40, 0, 60, 9)));
        scores.add(2, List.of());
        List<Part> parts = scores.parts();
        long[][] counts = {{0, 1, 0, 1}, {0, 0, 0, 1}, {0, 0, 0, 0}, {2, 0, 0, 0}};
        Part.Picture wanted = ConfusionPicture.of(counts, List.of("dog", "bird", "cat", "(nothing)"));
        assertThat(((Part.Picture) parts.get(2)).drawing().file())
                .isEqualTo(wanted.drawing().file());
        assertThat(((Part.Gallery) parts.get(3)).tiles())
                .extracting(Part.Tile::caption)
                .containsExactly("1 missed, 3 false", "1 missed, 0 false");
    }

    @Test
    void aClassThatIsNeverFoundHasACurveToo() {
        DetectionScores scores = new DetectionScores(Labels.of(NAMES), data(), Protocol.COCO, null);
        scores.add(0, List.of(found(2, 0.9, 0, 0, 20, 20)));
        List<Double> levels = new ArrayList<>();
        for (int r = 0; r <= 100; r++) {
            levels.add(CocoSummary.level(r));
        }
        Map<String, List<Double>> curves = new LinkedHashMap<>();
        curves.put("dog", Collections.nCopies(101, 1 / (1 + Math.ulp(1.0)))); // as pycocotools has it
        curves.put("bird", Collections.nCopies(101, 0.0));
        Part.Picture wanted = Charts.precisionRecall(levels, curves).orElseThrow();
        assertThat(Arrays.equals(
                        ((Part.Picture) scores.parts().get(1)).drawing().file(),
                        wanted.drawing().file()))
                .isTrue();
    }

    @Test
    void theMostFaultsComeFirst() {
        List<List<Instance>> truths = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            List<Instance> objects = new ArrayList<>();
            for (int j = 0; j < i; j++) {
                objects.add(object(0, 5 * j, 0, 5 * j + 4, 4));
            }
            truths.add(objects);
        }
        DetectionScores scores =
                new DetectionScores(Labels.of(NAMES), Scenes.of(OF_DATA, 64, 64, truths), Protocol.COCO, null);
        for (int i = 0; i < 10; i++) {
            // from 0.3 on an answer is shown
            scores.add(i, List.of(found(2, 0.3, 40, 40, 60, 60), found(2, 0.29, 10, 40, 30, 60)));
        }
        List<Part> parts = scores.parts();
        assertThat(((Part.Gallery) parts.get(parts.size() - 1)).tiles())
                .extracting(Part.Tile::caption)
                .containsExactlyElementsOf(java.util.stream.IntStream.rangeClosed(2, 9)
                        .mapToObj(i -> (11 - i) + " missed, 1 false")
                        .toList());
    }
}
