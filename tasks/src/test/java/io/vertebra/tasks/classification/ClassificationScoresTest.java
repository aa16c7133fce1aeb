package io.vertebra.tasks.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.datasets.Batch;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.tasks.Blobs;
import io.vertebra.tasks.report.ConfusionPicture;
import io.vertebra.tasks.report.Part;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClassificationScoresTest {
    private static final List<String> NAMES = List.of("red", "green", "blue");

    private static Batch batch(int valid, int... labels) {
        Batch batch = new Batch(labels.length, 8, 8, 3, false);
        System.arraycopy(labels, 0, batch.labels(), 0, labels.length);
        IntStream.range(0, labels.length).forEach(i -> batch.indices()[i] = i < valid ? i : -1);
        batch.fill(0, 0, valid);
        return batch;
    }

    private static Outputs logits(int classes, float... values) {
        return new Outputs(Map.of("logits", Tensor.of(values, values.length / classes, classes)));
    }

    /** Right, wrong, right, and a row of padding that would be wrong. */
    private static ClassificationScores scores() {
        ClassificationScores scores = new ClassificationScores("logits", NAMES, new Blobs(5, 8, 10));
        float two = (float) Math.log(2);
        scores.add(logits(3, two, 0, 0, two, 0, 0), batch(2, 0, 1));
        scores.add(logits(3, 0, 0, two, 9, 0, 0), batch(1, 2, 2));
        return scores;
    }

    @Test
    void paddingDoesNotCount() {
        assertThat(scores().samples()).isEqualTo(3);
        Map<String, Double> values = scores().values();
        assertThat(values.keySet()).containsExactlyElementsOf(new ClassificationProblem("", NAMES, 0, false).metrics());
        assertThat(values.get("top1")).isCloseTo(2.0 / 3, within(1e-15));
        assertThat(values.get("top5")).isEqualTo(1.0);
        // softmax of (log 2, 0, 0) is (1/2, 1/4, 1/4)
        assertThat(values.get("loss")).isCloseTo((Math.log(2) + Math.log(4) + Math.log(2)) / 3, within(1e-7));
        assertThat(values.get("f1")).isCloseTo((2.0 / 3 + 0 + 1) / 3, within(1e-12));
    }

    @Test
    void theFifthCountsForTopFiveAndTheSixthDoesNot() {
        List<String> seven = List.of("a", "b", "c", "d", "e", "f", "g");
        ClassificationScores scores = new ClassificationScores("logits", seven, new Blobs(7, 8, 10));
        float[] row = {7, 6, 5, 4, 3, 2, 1};
        float[] twice = Arrays.copyOf(row, 14);
        System.arraycopy(row, 0, twice, 7, 7);
        scores.add(logits(7, twice), batch(2, 4, 5));
        assertThat(scores.values().get("top5")).isEqualTo(0.5);
        assertThat(scores.values().get("top1")).isEqualTo(0.0);
    }

    @Test
    void predictionsNameSampleTruthAndAnswer() {
        Map<String, Object> wrong = scores().predictions().get(1);
        assertThat(wrong)
                .containsEntry("id", "blob-1")
                .containsEntry("label", 1)
                .containsEntry("label_name", "green")
                .containsEntry("predicted", 0)
                .containsEntry("predicted_name", "red")
                .containsEntry("top", List.of(0, 1, 2));
        assertThat((List<?>) wrong.get("scores")).hasSize(3);
        assertThat((Double) ((List<?>) wrong.get("scores")).get(0)).isCloseTo(0.5, within(1e-7));
    }

    @Test
    void theReportHasMatrixTableAndTheLargestLossesFirst() {
        List<Part> parts = scores().parts();
        assertThat(parts).extracting(Part::key).containsExactly("confusion_matrix", "classes", "worst");
        Part.Table table = (Part.Table) parts.get(1);
        assertThat(table.header()).containsExactly("class", "samples", "precision", "recall", "F1");
        assertThat(table.rows())
                .containsExactly(
                        List.of("red", "1", "50.0 %", "100.0 %", "66.7 %"),
                        List.of("green", "1", "–", "0.0 %", "0.0 %"),
                        List.of("blue", "1", "100.0 %", "100.0 %", "100.0 %"));
        Part.Gallery gallery = (Part.Gallery) parts.get(2);
        assertThat(gallery.tiles())
                .extracting(Part.Tile::caption)
                .containsExactly("green → red 50 %", "red → red 50 %", "blue → blue 50 %");
        assertThat(gallery.tiles().get(0).drawing().image().getWidth()).isEqualTo(160);
    }

    @Test
    void anotherNumberOfClassesIsRefused() {
        assertThatThrownBy(() -> new ClassificationScores("logits", NAMES, new Blobs(5, 8, 10))
                        .add(logits(4, 1, 2, 3, 4), batch(1, 0)))
                .hasMessage("logits: have 4 classes, the data has 3");
    }

    @Test
    void theMatrixShowsManyClassesAndFew() {
        ConfusionMatrix few = new ConfusionMatrix(3);
        few.add(0, 0);
        few.add(1, 2);
        var small = ConfusionPicture.of(few.counts(), NAMES).drawing().image();
        int left = 24 + 150;
        assertThat(small.getRGB(left + 3, 48 + 3) & 0xFFFFFF).isEqualTo(0x1f5fa8); // all of the row
        assertThat(small.getRGB(left + 64 + 3, 48 + 3) & 0xFFFFFF).isEqualTo(0xFFFFFF); // nothing
        assertThat(small.getRGB(left + 128 + 3, 48 + 64 + 3) & 0xFFFFFF).isEqualTo(0x1f5fa8);

        ConfusionMatrix many = new ConfusionMatrix(200);
        many.add(199, 199);
        List<String> names = IntStream.range(0, 200).mapToObj(i -> "c" + i).toList();
        var large = ConfusionPicture.of(many.counts(), names).drawing().image();
        assertThat(large.getWidth()).isEqualTo(24 + 200 * 2 + 24);
        assertThat(large.getRGB(24 + 397, 48 + 397) & 0xFFFFFF).isEqualTo(0xFFFFFF);
        assertThat(large.getRGB(24 + 398, 48 + 398) & 0xFFFFFF).isEqualTo(0x1f5fa8);
    }
}
