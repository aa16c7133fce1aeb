package io.vertebra.tasks.segmentation;

import static io.vertebra.tasks.Scenes.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Sample;
import io.vertebra.images.LabelMap;
import io.vertebra.tasks.Labels;
import io.vertebra.tasks.Scenes;
import io.vertebra.tasks.metrics.miou.IouMeter;
import io.vertebra.tasks.report.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class SegmentationScoresTest {
    private static final List<String> NAMES = List.of("ground", "sky", "tree");
    private static final List<LabelMap> TRUTHS =
            List.of(map(2, 2, 0, 0, 1, 1), map(2, 2, 0, 0, 255, 255), map(1, 3, 0, 1, 0), map(1, 1, 255));
    private static final List<LabelMap> ANSWERS =
            List.of(map(2, 2, 0, 1, 1, 1), map(2, 2, 0, 0, 1, 2), map(1, 3, 1, 0, 1), map(1, 1, 0));

    private static SegmentationScores scores(List<LabelMap> truths, List<LabelMap> answers) {
        SegmentationScores scores = new SegmentationScores(Labels.of(NAMES), Scenes.of(NAMES, truths), null);
        for (int i = 0; i < answers.size(); i++) {
            scores.add(i, answers.get(i));
        }
        return scores;
    }

    /** "tree" is never there: the mean is over the other two. */
    @Test
    void figuresAreTheMeters() {
        IouMeter meter = new IouMeter(3, OptionalInt.of(255), false);
        for (int i = 0; i < TRUTHS.size(); i++) {
            meter.add(ANSWERS.get(i), TRUTHS.get(i));
        }
        Map<String, Double> values = scores(TRUTHS, ANSWERS).values();
        assertThat(values.keySet()).containsExactly("mIoU", "mAcc", "aAcc", "mDice");
        values.forEach((name, value) ->
                assertThat(value).isEqualTo(meter.result().summary().get(name)));
        // ground 3 of 7, sky 2 of 6
        assertThat(values.get("mIoU")).isEqualTo((3 / 7.0 + 2 / 6.0) / 2);
    }

    @Test
    void eachPictureHasARow() {
        SegmentationScores scores = scores(TRUTHS, ANSWERS);
        assertThat(scores.samples()).isEqualTo(4);
        List<Map<String, Object>> rows = scores.predictions();
        assertThat(rows).extracting(r -> r.get("id")).containsExactly("scene/0", "scene/1", "scene/2", "scene/3");
        assertThat(rows).extracting(r -> r.get("aAcc")).containsExactly(0.75, 1.0, 0.0, Double.NaN);
        assertThat(rows).extracting(r -> r.get("mIoU")).containsExactly((0.5 + 2 / 3.0) / 2, 1.0, 0.0, Double.NaN);
    }

    @Test
    void theReportHasMatrixTableAndTheWorstFirst() {
        List<Part> parts = scores(TRUTHS, ANSWERS).parts();
        assertThat(parts).extracting(Part::key).containsExactly("confusion_matrix", "classes", "worst");
        Part.Table table = (Part.Table) parts.get(1);
        assertThat(table.header()).containsExactly("class", "pixels", "IoU", "precision", "recall");
        assertThat(table.rows())
                .containsExactly(
                        List.of("ground", "6", "42.9 %", "75.0 %", "50.0 %"),
                        List.of("sky", "3", "33.3 %", "40.0 %", "66.7 %"),
                        List.of("tree", "0", "–", "–", "–"));
        Part.Gallery worst = (Part.Gallery) parts.get(2);
        assertThat(worst.tiles())
                .extracting(Part.Tile::caption)
                .containsExactly("2  mIoU 0.00", "0  mIoU 0.58", "1  mIoU 1.00");
        assertThat(worst.tiles().get(1).drawing().image().getWidth()).isEqualTo(360);
        var matrix = ((Part.Picture) parts.get(0)).drawing().image();
        int left = 24 + 150;
        assertThat(matrix.getRGB(left + 64 + 3, 48 + 64 + 3) & 0xFFFFFF).isNotEqualTo(0xFFFFFF); // sky as sky
        assertThat(matrix.getRGB(left + 64 + 3, 48 + 128 + 3) & 0xFFFFFF).isEqualTo(0xFFFFFF); // no tree
    }

    /** Picture i of ten has i wrong pixels of twelve. */
    @Test
    void eightOfManyAreShown() {
        List<LabelMap> truths = new ArrayList<>();
        List<LabelMap> answers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            int[] answer = new int[12];
            java.util.Arrays.fill(answer, 0, i, 1);
            truths.add(map(3, 4, new int[12]));
            answers.add(map(3, 4, answer));
        }
        Part.Gallery worst = (Part.Gallery) scores(truths, answers).parts().get(2);
        assertThat(worst.tiles())
                .extracting(t -> t.caption().substring(0, 1))
                .containsExactly("9", "8", "7", "6", "5", "4", "3", "2");
    }

    @Test
    void paddedRowsAreNotCounted() {
        Batch batch = new Batch(3, 2, 2, 1, false);
        batch.indices()[0] = 1;
        batch.indices()[1] = 0;
        batch.fill(0, 0, 2);
        SegmentationScores scores = new SegmentationScores(
                Labels.of(NAMES), Scenes.of(NAMES, TRUTHS), (b, network) -> List.of(ANSWERS.get(1), ANSWERS.get(0)));
        scores.measure(batch, null);
        assertThat(scores.samples()).isEqualTo(2);
        assertThat(scores.predictions()).extracting(r -> r.get("aAcc")).containsExactly(1.0, 0.75);
    }

    @Test
    void whatHasNoMapIsNamed() {
        Scenes bare = new Scenes(List.of(new Sample("scene/7", Scenes.black(1, 1), 0)), List.of(), NAMES);
        assertThatThrownBy(() -> new SegmentationScores(Labels.of(NAMES), bare, null).add(0, map(1, 1, 0)))
                .isInstanceOf(DatasetException.class)
                .hasMessage("scene/7: has no label map");
    }
}
