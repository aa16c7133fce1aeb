package io.vertebra.datasets.transforms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.CounterRandom;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MixingTest {

    private static final int ROWS = 3;
    private static final int HEIGHT = 12;
    private static final int WIDTH = 10;
    private static final int ROW = 3 * HEIGHT * WIDTH;

    /** Row r is r everywhere, its class is r. */
    private static Batch batch() {
        return batch(ROWS);
    }

    /** A batch in which all of row r is r, picture and class. */
    private static Batch batch(int rows) {
        Batch batch = new Batch(rows, HEIGHT, WIDTH, rows, true);
        float[] soft = batch.softLabels().orElseThrow();
        for (int r = 0; r < rows; r++) {
            Arrays.fill(batch.input(), r * ROW, (r + 1) * ROW, r);
            soft[r * rows + r] = 1;
        }
        return batch;
    }

    @Test
    void mixupBlendsPicturesAndLabelsByTheSameWeight() {
        boolean differs = false;
        float last = -1;
        for (int key = 0; key < 20; key++) {
            Batch batch = batch();
            new Mixup(new Mixup.Config(1.0)).apply(batch, CounterRandom.of(key));
            float[] soft = batch.softLabels().orElseThrow();
            float weight = soft[0];
            assertThat(weight).isBetween(0f, 1f);
            assertThat(soft).containsExactly(weight, 0, 1 - weight, 0, 1, 0, 1 - weight, 0, weight);
            assertThat(batch.input()[0]).isCloseTo(2 * (1 - weight), within(1e-6f));
            assertThat(batch.input()[ROW - 1]).isEqualTo(batch.input()[0]);
            assertThat(batch.input()[ROW]).isEqualTo(1);
            assertThat(batch.input()[3 * ROW - 1]).isCloseTo(2 * weight, within(1e-6f));
            differs |= weight != last;
            last = weight;
        }
        assertThat(differs).isTrue();
        assertThat(new Mixup.Config(null).alpha()).isEqualTo(0.2);
    }

    @Test
    void cutMixSwapsOneRectangleAndWeighsLabelsByArea() {
        double sum = 0;
        boolean touchesBorder = false;
        for (int key = 0; key < 300; key++) {
            Batch batch = batch();
            new CutMix(new CutMix.Config(null)).apply(batch, CounterRandom.of(key));
            int changed = 0;
            int top = HEIGHT;
            int bottom = -1;
            int left = WIDTH;
            int right = -1;
            for (int i = 0; i < HEIGHT * WIDTH; i++) {
                float first = batch.input()[i];
                assertThat(first).isIn(0f, 2f);
                assertThat(batch.input()[2 * ROW + i]).isEqualTo(2 - first);
                assertThat(batch.input()[i + 2 * HEIGHT * WIDTH]).isEqualTo(first);
                assertThat(batch.input()[ROW + i]).isEqualTo(1);
                if (first == 2) {
                    changed++;
                    top = Math.min(top, i / WIDTH);
                    bottom = Math.max(bottom, i / WIDTH);
                    left = Math.min(left, i % WIDTH);
                    right = Math.max(right, i % WIDTH);
                }
            }
            if (changed > 0) {
                assertThat(changed).isEqualTo((bottom - top + 1) * (right - left + 1));
            }
            touchesBorder |= top == 0 || left == 0 || bottom == HEIGHT - 1 || right == WIDTH - 1;
            float weight = 1 - (float) changed / (HEIGHT * WIDTH);
            assertThat(batch.softLabels().orElseThrow())
                    .containsExactly(weight, 0, 1 - weight, 0, 1, 0, 1 - weight, 0, weight);
            sum += changed;
        }
        assertThat(touchesBorder).isTrue();
        // a share uniform in [0, 1] would be 0.5; about a third is lost at the border and by rounding down to even
        // sides
        assertThat(sum / 300 / (HEIGHT * WIDTH)).isBetween(0.2, 0.4);
        assertThat(new CutMix.Config(null).alpha()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.05, 0.2, 1, 5})
    void betaHasItsMeanAndVariance(double alpha) {
        CounterRandom random = CounterRandom.of(11);
        int draws = 40_000;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < draws; i++) {
            double value = Beta.draw(alpha, random);
            assertThat(value).isBetween(0.0, 1.0);
            sum += value;
            squares += (value - 0.5) * (value - 0.5);
        }
        double variance = 1 / (4 * (2 * alpha + 1)); // of the symmetric beta distribution
        assertThat(sum / draws).isCloseTo(0.5, within(5 * Math.sqrt(variance / draws)));
        assertThat(squares / draws).isCloseTo(variance, within(0.03 * variance));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 5})
    void everyRowIsMixedWithTheOneAsFarFromTheEnd(int rows) {
        Batch blended = batch(rows);
        new Mixup(new Mixup.Config(4.0)).apply(blended, CounterRandom.of(1));
        Batch swapped = batch(rows);
        new CutMix(new CutMix.Config(4.0)).apply(swapped, CounterRandom.of(3));
        for (Batch batch : List.of(blended, swapped)) {
            float weight = batch.softLabels().orElseThrow()[0];
            assertThat(weight).isGreaterThan(0).isLessThan(1);
            for (int r = 0; r < rows; r++) {
                int other = rows - 1 - r;
                float[] soft = new float[rows];
                soft[r] += weight;
                soft[other] += 1 - weight;
                assertThat(Arrays.copyOfRange(batch.softLabels().orElseThrow(), r * rows, (r + 1) * rows))
                        .containsExactly(soft, within(1e-6f));
                double sum = 0;
                for (int i = r * ROW; i < (r + 1) * ROW; i++) {
                    sum += batch.input()[i];
                }
                assertThat(sum / ROW).isCloseTo(weight * r + (1 - weight) * other, within(1e-5));
            }
        }
    }

    @Test
    void aRectangleWithinThePictureHasTheShareThatWasDrawn() {
        int largest = 0;
        for (int key = 0; key < 50; key++) {
            Batch batch = batch();
            new CutMix(new CutMix.Config(1e9)).apply(batch, CounterRandom.of(key)); // the share is a half, always
            int changed = 0;
            for (int i = 0; i < HEIGHT * WIDTH; i++) {
                changed += batch.input()[i] == 2 ? 1 : 0;
            }
            largest = Math.max(largest, changed);
        }
        double side = Math.sqrt(0.5);
        assertThat(largest).isEqualTo(2 * ((int) (HEIGHT * side) / 2) * 2 * ((int) (WIDTH * side) / 2));
    }
}
