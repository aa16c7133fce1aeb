package io.vertebra.graph.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoiTest {

    private static final RoiShape MAP = new RoiShape(2, 12, 7, 9);
    private static final Size BINS = new Size(2, 3);

    private static float[] rois(Random random, int count) {
        float[] rois = new float[5 * count];
        float[] boxes = Seeded.boxes(random, count);
        for (int r = 0; r < count; r++) {
            rois[5 * r] = random.nextInt(2);
            for (int k = 0; k < 4; k++) {
                rois[5 * r + 1 + k] = boxes[4 * r + k] / 2;
            }
        }
        return rois;
    }

    /** A linear operator and its gradient are adjoint: {@code g · f(x) = fᵀ(g) · x}. */
    @TestFactory
    Stream<DynamicTest> gradientsAreTheAdjoints() {
        return Seeded.cases(30, random -> {
            float[] x = Seeded.floats(random, MAP.elements());
            float[] rois = rois(random, 5);
            float[] back = new float[x.length];

            PositionSensitivePooling pool = new PositionSensitivePooling(BINS, 0.25);
            float[] out = pool.forward(x, MAP, rois);
            float[] gradient = Seeded.floats(random, out.length);
            pool.backward(gradient, MAP, rois, back);
            assertThat(dot(back, x)).isCloseTo(dot(gradient, out), byRounding());

            Arrays.fill(back, 0);
            PositionSensitiveAlignment align = new PositionSensitiveAlignment(BINS, 0.25, 2);
            align.backward(gradient, MAP, rois, back);
            assertThat(dot(back, x)).isCloseTo(dot(gradient, align.forward(x, MAP, rois)), byRounding());
        });
    }

    private static Percentage byRounding() {
        return withPercentage(1e-3);
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    @TestFactory
    Stream<DynamicTest> pyramidGradientsAreTheAdjoints() {
        return Seeded.cases(20, random -> {
            PyramidAlignment op = new PyramidAlignment(BINS, List.of(0.5, 0.25), 0, true, new RoiLevels(1, 2, 12, 2));
            List<RoiShape> shapes = List.of(new RoiShape(2, 3, 14, 18), new RoiShape(2, 3, 7, 9));
            List<float[]> x = new ArrayList<>();
            List<float[]> back = new ArrayList<>();
            for (RoiShape shape : shapes) {
                x.add(Seeded.floats(random, shape.elements()));
                back.add(new float[shape.elements()]);
            }
            float[] rois = rois(random, 9);
            float[] out = op.forward(x, shapes, rois);
            float[] gradient = Seeded.floats(random, out.length);
            op.backward(gradient, shapes, rois, back);
            assertThat(dot(back.get(0), x.get(0)) + dot(back.get(1), x.get(1)))
                    .isCloseTo(dot(gradient, out), byRounding());
        });
    }

    @TestFactory
    Stream<DynamicTest> backwardAddsToWhatIsThere() {
        return Seeded.cases(5, random -> {
            float[] rois = rois(random, 3);
            RoiAlignment align = new RoiAlignment(BINS, 0.25, 2, false);
            float[] gradient = new float[3 * 12 * 6];
            Arrays.fill(gradient, 1);
            float[] once = new float[MAP.elements()];
            align.backward(gradient, MAP, rois, once);
            float[] more = new float[MAP.elements()];
            Arrays.fill(more, 5);
            align.backward(gradient, MAP, rois, more);
            for (int i = 0; i < more.length; i++) {
                more[i] -= 5;
            }
            Close.absolute(more, once, 1e-5);
        });
    }

    @ParameterizedTest
    @CsvSource({"0, true", "0, false", "3, true", "1, false"})
    void constantStaysConstantInside(int samplingRatio, boolean aligned) {
        float[] x = new float[MAP.elements()];
        Arrays.fill(x, 3);
        float[] out = new RoiAlignment(BINS, 0.25, samplingRatio, aligned)
                .forward(x, MAP, new float[] {1, 4, 4, 30, 22, 0, 0, 0, 36, 28});
        Close.absolute(out, filled(out.length, 3), 1e-6);
    }

    private static float[] filled(int count, float value) {
        float[] filled = new float[count];
        Arrays.fill(filled, value);
        return filled;
    }

    /** Without sampling only where it matters, this would take 10¹⁷ steps. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1024})
    void regionsFarLargerThanTheMapTakeNoLonger(int samplingRatio) {
        RoiShape shape = new RoiShape(1, 1, 4, 4);
        RoiAlignment align = new RoiAlignment(new Size(1, 1), 1, samplingRatio, true);
        float[] huge = {0, -0x1p59f, -0x1p59f, 0x1p60f, 0x1p60f};
        assertThat(align.forward(filled(16, 1), shape, huge)[0]).isBetween(0f, 1e-3f);
    }

    /** A region 40 times as high and wide as the map, with a sample at each whole cell: those at −1 and 4 still count. */
    @Test
    void samplesOutsideCountAsZero() {
        RoiShape shape = new RoiShape(1, 1, 4, 4);
        RoiAlignment align = new RoiAlignment(new Size(1, 1), 1, 0, true);
        float[] out = align.forward(filled(16, 1), shape, new float[] {0, -78, -78, 82, 82});
        Close.absolute(out, new float[] {(float) (36.0 / (160 * 160))}, 1e-7); // −1, 0, ... 4 each way
    }

    /** The one sample lies at 4.0000003; rounded to float it is 4, where samples still count. */
    @Test
    void placesAreOfTheTypeOfTheValues() {
        RoiShape shape = new RoiShape(1, 1, 4, 4);
        RoiAlignment align = new RoiAlignment(Size.of(1), 1.0 / 3, 1, false);
        float[] beside = {0, 3.5f, 0, 20.500002f, 3};
        assertThat(align.forward(filled(16, 1), shape, beside)).containsExactly(1);
        assertThat(align.forward(Close.doubles(filled(16, 1)), shape, beside)).containsExactly(0);
        float[] back = new float[16];
        align.backward(new float[] {1}, shape, beside, back);
        assertThat(back).contains(0.5f);
        double[] precise = new double[16];
        align.backward(new double[] {1}, shape, beside, precise);
        assertThat(precise).containsOnly(0);
    }

    @TestFactory
    Stream<DynamicTest> aRegionIsTheMapBetweenTwoMatrices() {
        return Seeded.cases(20, random -> {
            RoiAlignment align = new RoiAlignment(BINS, 0.3, random.nextInt(3), random.nextBoolean());
            RoiShape shape = new RoiShape(1, 1, 7, 9);
            double[] x = Close.doubles(Seeded.floats(random, shape.elements()));
            float[] box = Seeded.boxes(random, 1);
            double[] rows = align.rows(7, box[1], box[3]);
            double[] columns = align.columns(9, box[0], box[2]);
            assertThat(rows).hasSize(2 * 7);
            assertThat(columns).hasSize(3 * 9);
            double[] wanted = align.forward(x, shape, new float[] {0, box[0], box[1], box[2], box[3]});
            for (int bin = 0; bin < 6; bin++) {
                double sum = 0;
                for (int cell = 0; cell < x.length; cell++) {
                    sum += rows[bin / 3 * 7 + cell / 9] * x[cell] * columns[bin % 3 * 9 + cell % 9];
                }
                assertThat(sum).isCloseTo(wanted[bin], within(1e-12));
            }
        });
    }

    @Test
    void averagesTheSamplesOfABin() {
        assertThat(new RoiAlignment(Size.of(2), 1, 1, true).rows(4, 0, 4))
                .containsExactly(0.5, 0.5, 0, 0, /**/ 0, 0, 0.5, 0.5);
        assertThat(new RoiAlignment(Size.of(1), 0.5, 2, false).columns(4, 2, 6))
                .as("at 1.5 and 2.5")
                .containsExactly(0, 0.25, 0.5, 0.25);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RoiAlignment(BINS, 1, 1, true).rows(0, 0, 4))
                .withMessage("cells: must be at least 1, is 0");
    }

    @Test
    void regionsWithoutAnAreaAreEmptyOnlyIfAligned() {
        float[] x = filled(MAP.elements(), 2);
        float[] points = {0, 8, 8, 8, 8, 0, 12, 12, 8, 8};
        assertThat(new RoiAlignment(BINS, 0.25, 0, true).forward(x, MAP, points))
                .containsOnly(0);
        assertThat(new RoiAlignment(BINS, 0.25, 0, false).forward(x, MAP, points))
                .containsOnly(2);
        assertThat(new RoiPooling(BINS, 0.25).forward(x, MAP, points)).containsOnly(2);
    }

    @Test
    void poolingTakesTheFirstOfEqualCellsAndNoneOutside() {
        RoiShape shape = new RoiShape(1, 1, 2, 2);
        float[] rois = {0, 0, 0, 1, 1, 0, 5, 5, 6, 6};
        int[] cells = new RoiPooling(Size.of(1), 1).largest(new float[] {1, 1, 1, 1}, shape, rois);
        assertThat(cells).containsExactly(0, RoiPooling.EMPTY);
        float[] back = new float[4];
        RoiPooling.backward(new float[] {3, 4}, cells, back);
        assertThat(back).containsExactly(3, 0, 0, 0);
        assertThat(new RoiPooling(Size.of(1), 1).forward(new float[] {-4, -3, -2, -1}, shape, rois))
                .containsExactly(-1, 0);
    }

    @Test
    void poolingRoundsHalvesAwayFromZero() {
        assertThat(PoolAxis.round(2.5f)).isEqualTo(3);
        assertThat(PoolAxis.round(-2.5f)).isEqualTo(-3);
        assertThat(PoolAxis.round(0.49999997f)).isZero();
        float[] x = {1, 2, 3, 4, 5, 6};
        float[] out = new RoiPooling(Size.of(1), 0.5)
                .forward(x, new RoiShape(1, 1, 1, 6), new float[] {0, 0, 0, 5, 0, 0, 0, 0, 0x1p60f, 0});
        assertThat(out).containsExactly(4, 6);
    }

    @Test
    void pointsBelongToTheLowestLevel() {
        RoiLevels levels = RoiLevels.of(3, 5);
        assertThat(levels.levels(new float[] {1, 1, 1, 1, 0, 0, 224, 224, 0, 0, 1e6f, 1e6f, 0, 0, 447, 447}))
                .containsExactly(0, 1, 2, 1);
    }

    @ParameterizedTest
    @CsvSource({"1, 50176", "2, 200704"})
    void levelsBeginAtAnArea(int level, float area) {
        RoiLevels levels = RoiLevels.of(3, 5);
        float least = levels.leastArea(level);
        assertThat(least).isLessThan(area).isCloseTo(area, withPercentage(0.001));
        assertThat(levels.level(least, 1)).isEqualTo(level);
        assertThat(levels.level(Math.nextDown(least), 1)).isEqualTo(level - 1);
    }
}
