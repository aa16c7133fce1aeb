package io.vertebra.tasks.metrics.coco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.images.Mask;
import io.vertebra.images.PackedMask;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The evaluation fed from memory. */
class CocoEvaluationTest {

    private static final Mask LEFT = Mask.ofRuns(4, 4, 0, 8, 8);
    private static final Mask RIGHT = Mask.ofRuns(4, 4, 8, 8);

    private static CocoTruth.Builder builder() {
        return CocoTruth.builder()
                .category(7, "b")
                .category(3, "a")
                .image(new CocoTruth.Image(20, 4, 4))
                .image(new CocoTruth.Image(10, 4, 4));
    }

    private static PackedMask packed(Mask mask) {
        return PackedMask.of(mask);
    }

    private static Optional<Mask> mask(Mask mask) {
        return Optional.of(mask);
    }

    @Test
    void objectsFromMemoryNeedNoId() {
        CocoTruth truth = builder()
                .object(20, 3, new double[] {0, 0, 2, 4}, 8, false, mask(LEFT))
                .object(10, 7, new double[] {2, 0, 2, 4}, 8, false, mask(RIGHT))
                .build();
        CocoResults results = new CocoResults();
        results.add(20, 3, packed(LEFT), 0.9);
        results.add(10, 7, packed(LEFT), 0.8);
        results.add(10, 7, packed(RIGHT), 0.7);
        for (CocoKind kind : CocoKind.values()) {
            CocoSummary summary = CocoEvaluation.evaluate(truth, results, kind);
            assertThat(summary.perCategory().get(0).category()).isEqualTo(new CocoTruth.Category(3, "a"));
            assertThat(summary.perCategory().get(0).stats().get("AP50")).isCloseTo(1, within(1e-12));
            assertThat(summary.perCategory().get(1).stats().get("AP50")).isCloseTo(0.5, within(1e-12));
            assertThat(summary.perCategory().get(1).stats().get("AR_1")).isZero();
            assertThat(summary.perCategory().get(1).stats().get("AR_10")).isEqualTo(1);
            assertThat(summary.perCategory().get(1).objects()).isEqualTo(1);
            assertThat(summary.curve(0, 1).scores()).startsWith(0.8, 0.7).endsWith(0.7, 0.7);
        }
    }

    @Test
    void onlyAnIdOfZeroIsTreatedAsPycocotoolsTreatsIt() {
        CocoResults results = new CocoResults();
        results.add(20, 3, 0, 0, 2, 4, 0.9);
        for (long id : new long[] {0, 1, -5}) {
            CocoTruth truth = builder()
                    .annotation(new CocoTruth.Annotation(id, 20, 3, 0, 0, 2, 4, 8, false, Optional.empty()))
                    .build();
            double recall = CocoEvaluation.evaluate(truth, results, CocoKind.BOX)
                    .stats()
                    .get("AR_100");
            assertThat(recall).as("id %d", id).isEqualTo(id == 0 ? 0 : 1);
        }
    }

    @Test
    void objectsOfUnknownPicturesAndClassesAreNotThere() {
        CocoTruth truth = builder()
                .object(99, 3, new double[4], 1, false, Optional.empty())
                .object(20, 99, new double[4], 1, false, Optional.empty())
                .build();
        CocoSummary summary = CocoEvaluation.evaluate(truth, new CocoResults(), CocoKind.BOX);
        assertThat(summary.stats().values()).containsOnly(-1.0);
        assertThat(truth.annotations()).hasSize(2);
    }

    @Test
    void refusesWhatCannotBeCompared() {
        CocoTruth truth = builder()
                .object(20, 3, new double[4], 1, false, mask(LEFT))
                .object(10, 3, new double[4], 1, false, Optional.empty())
                .build();
        CocoResults stray = new CocoResults();
        stray.add(20, 3, packed(LEFT), 1);
        stray.add(21, 3, packed(LEFT), 1);
        assertThatThrownBy(() -> CocoEvaluation.evaluate(truth, stray, CocoKind.BOX))
                .hasMessage("results: row 1 is of the unknown picture 21");
        CocoResults unsure = new CocoResults();
        unsure.add(20, 3, packed(LEFT), Double.NaN);
        assertThatThrownBy(() -> CocoEvaluation.evaluate(truth, unsure, CocoKind.BOX))
                .hasMessage("results: row 0 has the score NaN");
        CocoResults bare = new CocoResults();
        bare.add(20, 3, 0, 0, 1, 1, 1);
        assertThatThrownBy(() -> CocoEvaluation.evaluate(truth, bare, CocoKind.MASK))
                .hasMessage("results: row 0 has no mask");
        CocoResults masked = new CocoResults();
        masked.add(10, 3, packed(LEFT), 1);
        assertThatThrownBy(() -> CocoEvaluation.evaluate(truth, masked, CocoKind.MASK))
                .hasMessage("truth: annotation 2 has no mask");
        for (Mask other : new Mask[] {Mask.ofRuns(4, 2, 8), Mask.ofRuns(2, 4, 8)}) {
            CocoResults odd = new CocoResults();
            odd.add(20, 3, packed(other), 1);
            assertThatThrownBy(() -> CocoEvaluation.evaluate(truth, odd, CocoKind.MASK))
                    .hasMessage("results: row 0 has a mask of %dx%d, the truth 4x4"
                            .formatted(other.height(), other.width()));
        }
    }

    @Test
    void refusesIdsThatStandTwice() {
        assertThatThrownBy(() -> builder().image(new CocoTruth.Image(10, 1, 1)).build())
                .hasMessage("images: hold id 10 twice");
        assertThatThrownBy(() -> builder().category(3, "c").build()).hasMessage("categories: hold id 3 twice");
        CocoTruth.Annotation object = new CocoTruth.Annotation(5, 20, 3, 0, 0, 1, 1, 1, false, Optional.empty());
        assertThatThrownBy(() -> builder().annotation(object).annotation(object).build())
                .hasMessage("annotations: hold id 5 twice");
        CocoTruth.Builder many = CocoTruth.builder();
        for (int i = 0; i < 4097; i++) {
            many.category(i, "c");
        }
        assertThatThrownBy(many::build).hasMessage("categories: are more than 4096");
    }

    @Test
    void aBoxSaysHowLargeAResultIsEvenBesideAMask() {
        CocoResults results = new CocoResults();
        results.add(1, 1, 5, 6, 3, 2, packed(LEFT), 0.5);
        results.add(1, 1, packed(RIGHT), -0.0);
        assertThat(results.area(0)).isEqualTo(6);
        assertThat(results.area(1)).isEqualTo(8);
        assertThat(results.box(0, 1)).isEqualTo(6);
        assertThat(new double[] {results.box(1, 0), results.box(1, 1), results.box(1, 2), results.box(1, 3)})
                .containsExactly(2, 0, 2, 4);
        assertThat(results.mask(0).unpacked()).isEqualTo(LEFT);
        assertThat(results.mask(1).unpacked()).isEqualTo(RIGHT);
        assertThat(1 / results.score(1)).isPositive();
        results.add(1, 1, 0, 0, 1, 1, 1);
        assertThat(results.mask(2)).isNull();
        for (int i = 0; i < 40; i++) {
            results.add(i, 1, 0, 0, 1, 1, 1);
        }
        assertThat(results.mask(30)).isNull();
        assertThat(results.image(42)).isEqualTo(39);
        assertThat(results.size()).isEqualTo(43);
    }

    @Test
    void sortsStablyByFallingScore() {
        Random random = new Random(3);
        for (int n = 0; n < 70; n++) {
            double[] scores = random.doubles(100).map(x -> Math.rint(4 * x)).toArray();
            int[] rows = new int[n + 4];
            List<Integer> expected = new ArrayList<>();
            for (int i = 0; i < rows.length; i++) {
                rows[i] = random.nextInt(100);
                expected.add(rows[i]);
            }
            Collections.sort(expected.subList(2, n + 2), Comparator.comparingDouble(r -> -scores[r]));
            FallingScores.sort(rows, 2, n + 2, scores);
            assertThat(rows).containsExactly(expected.stream().mapToInt(r -> r).toArray());
        }
    }
}
