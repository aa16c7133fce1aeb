package io.vertebra.onednn.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.op.Resize;
import java.nio.ByteBuffer;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs with the scalar form, and again with the Vector API where the module is added: both give the same bits. */
class RowMathKernelTest {
    private static final int CLASSES = 21;
    private static final int RUN = RowMath.padded(CLASSES);
    private static final int COUNT = 9;

    private final RowMath scalar = new ScalarRowMath();

    /** Runs both forms on an array of zeros and answers what the chosen one left. */
    private float[] both(int length, BiConsumer<RowMath, float[]> body) {
        float[] expected = new float[length];
        body.accept(scalar, expected);
        float[] actual = new float[length];
        body.accept(RowMath.BEST, actual);
        assertThat(actual).isEqualTo(expected);
        assertThat(actual).isNotEqualTo(new float[length]);
        return actual;
    }

    @Test
    void softmaxKeepsPowersTheirSumAndTheLargest() {
        float[] logits = Bytes.random(COUNT * RUN, 1);
        for (int i = 0; i < logits.length; i++) {
            logits[i] = i % RUN < CLASSES ? logits[i] * 20 : RowMath.NOTHING;
        }
        float[] max = new float[COUNT];
        float[] total = new float[COUNT];
        float[] z = both(logits.length, (math, into) -> {
            System.arraycopy(logits, 0, into, 0, logits.length);
            math.softmax(into, RUN, COUNT, max, total);
        });
        for (int i = 0; i < COUNT; i++) {
            float largest = Float.NEGATIVE_INFINITY;
            for (int k = 0; k < CLASSES; k++) {
                largest = Math.max(largest, logits[i * RUN + k]);
            }
            double sum = 0;
            for (int k = 0; k < CLASSES; k++) {
                double power = Math.exp(logits[i * RUN + k] - largest);
                sum += power;
                assertThat(z[i * RUN + k]).isCloseTo((float) power, within((float) (2e-7 * power)));
            }
            assertThat(max[i]).isEqualTo(largest);
            assertThat(total[i]).isCloseTo((float) sum, within(1e-6f));
        }
    }

    @Test
    void powersOfFarNumbersAreNextToNothingAndNeverFalse() {
        float[] z = new float[3 * RUN];
        z[0] = 1e30f;
        z[RUN + CLASSES] = Float.NaN;
        float[] total = new float[3];
        RowMath.BEST.softmax(z, RUN, 3, new float[3], total);
        assertThat(z[0]).isEqualTo(1);
        assertThat(z[1]).isBetween(0f, 2e-38f);
        assertThat(total[0]).isEqualTo(1);
        assertThat(total[1]).isNaN();
        assertThat(total[2]).isEqualTo(RUN);
    }

    @Test
    void scalesRunsAndSubtractsOne() {
        float[] z = Bytes.random(COUNT * RUN, 11);
        float[] factor = Bytes.random(COUNT, 12);
        float[] minus = Bytes.random(RUN, 13);
        float[] scaled = both(z.length, (math, into) -> {
            System.arraycopy(z, 0, into, 0, (COUNT - 1) * RUN);
            math.scale(into, RUN, COUNT - 1, factor, minus);
        });
        assertThat(scaled[RUN + 20]).isEqualTo(factor[1] * z[RUN + 20] - minus[20]);
        assertThat(java.util.Arrays.copyOfRange(scaled, (COUNT - 1) * RUN, COUNT * RUN))
                .containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 16, 21, 32})
    void stretchesAndShrinksRuns(int run) {
        Taps taps = Taps.of(3, 7, new Resize(Resize.Filter.BILINEAR, false));
        float[] row = Bytes.random(3 * run, 2);
        float[] g = Bytes.random(7 * run, 3);
        float[] wide = both(7 * run, (math, out) -> math.stretch(row, taps, run, out));
        float[] narrow = both(3 * run, (math, out) -> math.shrink(g, taps, run, out));
        assertThat(wide).startsWith(java.util.Arrays.copyOf(row, run)); // the first cell is that of the border
        assertThat(dot(wide, g)).isCloseTo(dot(row, narrow), within(1e-5)); // adjoint
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 16, 48})
    void sumsProductsOfRuns(int run) {
        float[] a = Bytes.random(2 * run * 9, 4);
        float[] b = Bytes.random(run * 9, 5);
        for (int count : new int[] {1, 2, 7}) {
            float[] sums = both(2 * run, (math, out) -> math.dot(a, run, 2 * run, b, run, count, run, out, run));
            double expected = 0;
            for (int i = 0; i < count; i++) {
                expected += (double) a[run + i * 2 * run + 3] * b[run + i * run + 3];
            }
            assertThat(sums[run + 3]).isCloseTo((float) expected, within(1e-5f));
            assertThat(sums[3]).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 16, 48})
    void addsRowsTimesARun(int run) {
        float[] a = Bytes.random(run * 9, 6);
        float[] w = Bytes.random(run * 2, 7);
        float[] out = both(run * 4, (math, into) -> {
            math.addScaled(a, run, w, run, 3, run, into, run);
            math.addScaled(a, 0, w, 0, 1, run, into, run);
        });
        assertThat(out[run + 2]).isCloseTo(w[run + 2] * a[run + 2] + w[2] * a[2], within(1e-6f));
        assertThat(out[3 * run + 4]).isCloseTo(w[run + 4] * a[3 * run + 4], within(1e-6f));
        assertThat(java.util.Arrays.copyOf(out, run)).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 16, 48})
    void sumsProductsWithShiftedRuns(int run) {
        int taps = 7 + 5 + 3 + 1;
        int shift = 2 * run;
        int step = 3 * run;
        float[] x = Bytes.random(run * (1 + 3 * 4 + 2 * taps), 21);
        float[] y = Bytes.random(run * 6, 22);
        float[] sums = new float[run * (taps + 2)];
        sums[run] = 1;
        RowMath.BEST.taps(x, run, step, y, run, 5, run, taps, shift, sums, run);
        for (int t = 0; t < taps; t++) {
            for (int l = 0; l < run; l++) {
                double expected = t == 0 && l == 0 ? 1 : 0;
                for (int i = 0; i < 5; i++) {
                    expected += (double) x[run + i * step + t * shift + l] * y[run + i * run + l];
                }
                assertThat(sums[run + t * run + l]).as("tap %d", t).isCloseTo((float) expected, within(1e-5f));
            }
        }
        assertThat(java.util.Arrays.copyOf(sums, run)).containsOnly(0);
        assertThat(java.util.Arrays.copyOfRange(sums, run * (taps + 1), sums.length))
                .containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 16, 48})
    void drawsALineThroughEachChannel(int run) {
        float[] a = Bytes.random(run * 5, 31);
        float[] f = Bytes.random(run * 2, 32);
        float[] t = Bytes.random(run * 2, 33);
        float[] out = both(run * 5, (math, into) -> math.affine(a, run, 3, run, f, t, run, into));
        assertThat(out[run + 2]).isEqualTo(f[run + 2] * a[run + 2] + t[run + 2]);
        assertThat(out[4 * run - 1]).isEqualTo(f[2 * run - 1] * a[4 * run - 1] + t[2 * run - 1]);
        assertThat(java.util.Arrays.copyOf(out, run)).containsOnly(0);
        assertThat(java.util.Arrays.copyOfRange(out, 4 * run, 5 * run)).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 16, 32})
    void putsLanesTogether(int run) {
        float[] a = Bytes.random(run * 12, 41);
        int[] lanes = new int[run];
        for (int l = 0; l < run; l++) {
            lanes[l] = l * 7 % (run * 8);
        }
        float[] out = both(run * 5, (math, into) -> math.gather(a, lanes, 4, into));
        for (int i = 0; i < 4 * run; i++) {
            assertThat(out[i]).isEqualTo(a[lanes[i % run] + i / run * run]);
        }
        assertThat(java.util.Arrays.copyOfRange(out, 4 * run, 5 * run)).containsOnly(0);
    }

    @Test
    void roundsToHalvesAndBack() {
        float[] values = Bytes.random(77, 8);
        values[3] = Float.NaN;
        values[40] = Float.intBitsToFloat(0x7f800001); // its payload would be rounded away
        values[5] = Float.POSITIVE_INFINITY;
        values[6] = Float.intBitsToFloat(0x3f808000); // a tie, to even: down
        values[7] = Float.intBitsToFloat(0x3f818000); // a tie, to even: up
        values[8] = -0f;
        ByteBuffer halves = Bytes.zeros(40);
        RowMath.BEST.narrow(values, 1, 76, halves, 2);
        float[] back = new float[80];
        RowMath.BEST.widen(halves, 2, back, 3, 76);
        for (int i = 1; i < 77; i++) {
            float wanted = Float.intBitsToFloat(Cells.round(values[i]) << 16);
            assertThat(Float.floatToRawIntBits(back[i + 2]))
                    .as("element %d", i)
                    .isEqualTo(Float.floatToRawIntBits(wanted));
        }
        assertThat(back[5]).isNaN();
        assertThat(back[42]).isNaN();
        assertThat(back[8]).isEqualTo(1f);
        assertThat(back[9]).isEqualTo(Float.intBitsToFloat(0x3f820000));
        assertThat(halves.getShort(0)).isZero();
        assertThat(halves.getShort(154)).isZero();
    }
}
