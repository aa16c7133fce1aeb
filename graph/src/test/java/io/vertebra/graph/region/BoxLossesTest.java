package io.vertebra.graph.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.region.BoxLoss.Reduction;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class BoxLossesTest {

    private static final List<BiFunction<float[], float[], BoxLoss>> OF_BOXES =
            List.of(BoxLosses::giou, BoxLosses::diou, BoxLosses::ciou);

    @TestFactory
    Stream<DynamicTest> lossesOfBoxesAreOneLessTheOverlap() {
        List<Overlap> overlaps = List.of(Overlap.GIOU, Overlap.DIOU, Overlap.CIOU);
        return Seeded.cases(60, random -> {
            float[] a = Seeded.boxes(random, 6);
            float[] b = Seeded.boxes(random, 6);
            for (int k = 0; k < 3; k++) {
                float[] overlap = overlaps.get(k).matrix(a, b);
                float[] loss = OF_BOXES.get(k).apply(a, b).value(Reduction.NONE);
                for (int i = 0; i < 6; i++) {
                    assertThat(loss[i]).isCloseTo(1 - overlap[i * 6 + i], within(1e-4f));
                }
            }
        });
    }

    /** Central differences; CIoU's is left out because alpha counts as constant. */
    @TestFactory
    Stream<DynamicTest> gradientsAreDifferences() {
        return Seeded.cases(60, random -> {
            float[] a = Seeded.boxes(random, 4);
            float[] b = Seeded.boxes(random, 4);
            for (BiFunction<float[], float[], BoxLoss> op : OF_BOXES.subList(0, 2)) {
                float[] gradient = op.apply(a, b).gradient(Reduction.SUM, 1);
                for (int i = 0; i < a.length; i++) {
                    float step = 1 / 64f;
                    float nearest = Math.min(Math.abs(a[i] - b[i]), Math.abs(a[i] - b[i ^ 2]));
                    if (nearest > step) { // no corner of the target in between
                        double up = op.apply(with(a, i, a[i] + step), b).value(Reduction.SUM)[0];
                        double down = op.apply(with(a, i, a[i] - step), b).value(Reduction.SUM)[0];
                        assertThat((up - down) / (2 * step))
                                .isCloseTo(gradient[i], within(2e-3 + 0.02 * Math.abs(gradient[i])));
                    }
                }
            }
        });
    }

    private static float[] with(float[] values, int i, float value) {
        float[] copy = values.clone();
        copy[i] = value;
        return copy;
    }

    @Test
    void equalBoxesHaveNoLossAndPullNowhere() {
        float[] box = {2, 3, 12, 8};
        for (BiFunction<float[], float[], BoxLoss> op : OF_BOXES) {
            BoxLoss loss = op.apply(box, box);
            assertThat(loss.value(Reduction.SUM)[0]).isCloseTo(0, within(1e-6f));
            Close.absolute(loss.gradient(Reduction.SUM, 1), new float[4], 1e-6);
        }
    }

    @Test
    void boxesWithoutAnAreaGiveNumbers() {
        float[] points = {3, 3, 3, 3, 3, 3, 3, 3};
        for (BiFunction<float[], float[], BoxLoss> op : OF_BOXES) {
            BoxLoss loss = op.apply(points, new float[] {3, 3, 3, 3, 0, 0, 2, 2});
            assertThat(loss.value(Reduction.NONE)).doesNotContain(Float.NaN);
            assertThat(loss.gradient(Reduction.SUM, 1)).doesNotContain(Float.NaN);
        }
    }

    /** torchvision adds 1e-7 to what it divides by, which counts for boxes of a ten-thousandth. */
    @Test
    void divisorsAreALittleLarger() {
        float[] box = {0, 0, 1e-4f, 1e-4f};
        float[] aside = {2e-4f, 0, 3e-4f, 1e-4f};
        assertThat(OF_BOXES.get(0).apply(box, box).value(Reduction.SUM)[0]).isCloseTo(10f / 11, within(1e-5f));
        assertThat(OF_BOXES.get(0).apply(box, aside).value(Reduction.SUM)[0]).isCloseTo(14f / 13, within(1e-5f));
        assertThat(OF_BOXES.get(1).apply(box, aside).value(Reduction.SUM)[0]).isCloseTo(1.2f, within(1e-5f));
        assertThat(Overlap.DIOU.matrix(box, aside)[0]).isCloseTo(-0.2f, within(1e-5f));
    }

    @Test
    void focalOfGammaZeroIsCrossEntropy() {
        for (double x = -4; x <= 4; x += 0.5) {
            double p = 1 / (1 + Math.exp(-x));
            assertThat(Focal.value(x, 1, -1, 0)).isCloseTo(-Math.log(p), within(1e-12));
            assertThat(Focal.value(x, 0, -1, 0)).isCloseTo(-Math.log(1 - p), within(1e-12));
            assertThat(Focal.slope(x, 1, -1, 0)).isCloseTo(p - 1, within(1e-12));
        }
    }

    @TestFactory
    Stream<DynamicTest> focalSlopesAreDifferencesForSoftTargetsToo() {
        return Seeded.cases(60, random -> {
            double x = random.nextGaussian() * 4;
            double t = random.nextInt(5) / 4.0;
            double alpha = random.nextInt(6) / 4.0 - 0.25;
            double gamma = random.nextInt(7) / 2.0;
            double step = 1e-5;
            double difference =
                    (Focal.value(x + step, t, alpha, gamma) - Focal.value(x - step, t, alpha, gamma)) / (2 * step);
            assertThat(Focal.slope(x, t, alpha, gamma)).isCloseTo(difference, within(1e-7));
        });
    }

    @Test
    void focalOfCertainLogitsIsFinite() {
        for (double gamma : new double[] {0, 0.5, 2}) {
            assertThat(Focal.value(2000, 1, 0.25, gamma)).isZero();
            assertThat(Focal.slope(2000, 1, 0.25, gamma)).isZero();
            assertThat(Focal.value(2000, 0, 0.25, gamma)).isCloseTo(1500, within(1e-9));
            assertThat(Focal.slope(2000, 0, 0.25, gamma)).isCloseTo(0.75, within(1e-9));
            assertThat(Focal.value(-2000, 1, -1, gamma)).isCloseTo(2000, within(1e-9));
        }
        float[] diverged = {Float.NaN};
        assertThat(BoxLosses.sigmoidFocal(diverged, new float[1], 0.25, 2).value(Reduction.SUM)[0])
                .isNaN();
    }

    @Test
    void smoothL1TurnsAtBeta() {
        float[] differences = {0, 0.25f, -0.5f, 1, -3};
        BoxLoss loss = BoxLosses.smoothL1(differences, new float[5], 0.5);
        assertThat(loss.value(Reduction.NONE)).containsExactly(0, 0.0625f, 0.25f, 0.75f, 2.75f);
        assertThat(loss.gradient(Reduction.SUM, 1)).containsExactly(0, 0.5f, -1, 1, -1);
        BoxLoss plain = BoxLosses.smoothL1(differences, new float[5], 0);
        assertThat(plain.value(Reduction.NONE)).containsExactly(0, 0.25f, 0.5f, 1, 3);
        assertThat(plain.gradient(Reduction.SUM, 1)).containsExactly(0, 1, -1, 1, -1);
    }

    @Test
    void reductionsWeighGradientsAlike() {
        BoxLoss loss = BoxLosses.smoothL1(new float[] {2, -4}, new float[2], 0);
        assertThat(loss.value(Reduction.MEAN)).containsExactly(3);
        assertThat(loss.value(Reduction.SUM)).containsExactly(6);
        assertThat(loss.gradient(Reduction.MEAN, 3)).containsExactly(1.5f, -1.5f);
        assertThat(loss.gradient(Reduction.NONE, 3, 5)).containsExactly(3, -5);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> loss.gradient(Reduction.NONE, 1))
                .withMessage("upstream: has 1 numbers, needs 2");
        assertThatIllegalArgumentException().isThrownBy(() -> loss.gradient(Reduction.MEAN, 1, 1));
    }

    @Test
    void nothingCostsNothing() {
        BoxLoss none = BoxLosses.ciou(new float[0], new float[0]);
        assertThat(none.value(Reduction.MEAN)).containsExactly(0);
        assertThat(none.value(Reduction.NONE)).isEmpty();
        assertThat(none.gradient(Reduction.MEAN, 1)).isEmpty();
    }

    @Test
    void refusesWhatDoesNotFit() {
        float[] one = new float[1];
        float[] two = new float[2];
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BoxLosses.sigmoidFocal(one, two, 0.25, 2))
                .withMessage("targets: has 2 numbers, needs 1");
        assertThatIllegalArgumentException().isThrownBy(() -> BoxLosses.sigmoidFocal(one, one, 1.5, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> BoxLosses.sigmoidFocal(one, one, Double.NaN, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> BoxLosses.sigmoidFocal(one, one, 0.5, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> BoxLosses.smoothL1(one, two, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BoxLosses.smoothL1(one, one, -1))
                .withMessage("beta: must be at least 0, is -1.0");
        assertThatIllegalArgumentException().isThrownBy(() -> BoxLosses.giou(new float[4], new float[8]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BoxLosses.diou(new float[] {0, 0, 1, Float.NaN}, new float[4]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BoxLosses.diou(new float[4], new float[] {0, 0, 1, Float.NaN}));
    }
}
