package io.vertebra.onednn.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.engine.UpdateFormulas;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs with the scalar form, and again with the Vector API where the module is added. */
class UpdateKernelTest {
    /** Not a multiple of any vector: the loop, and a rest. */
    private static final int LENGTH = 53;

    private static final int FROM = 3;
    private static final int TO = 50;
    private static final float ROUNDING = 1e-6f;

    private final UpdateKernels kernels = UpdateKernels.choose();
    private final float[] w = Bytes.random(LENGTH, 1);
    private final float[] g = Bytes.random(LENGTH, 2);
    private final float[] m = Bytes.random(LENGTH, 3);
    private final float[] v = squared(Bytes.random(LENGTH, 4));

    private static float[] squared(float[] values) {
        float[] squares = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            squares[i] = values[i] * values[i];
        }
        return squares;
    }

    private static float[] range(float[] values) {
        return Arrays.copyOfRange(values, FROM, TO);
    }

    /** In the range as the formula says, outside of it untouched. */
    private static void assertMoved(ByteBuffer actual, float[] before, float[] expected) {
        float[] values = Bytes.floats(actual);
        for (int i = 0; i < LENGTH; i++) {
            float wanted = i < FROM || i >= TO ? before[i] : expected[i - FROM];
            assertThat(values[i]).as("element %d", i).isCloseTo(wanted, within(ROUNDING));
        }
        assertThat(range(values)).isNotEqualTo(range(before));
    }

    @Test
    void takesTheVectorFormWhereTheModuleIs() {
        String expected = System.getProperty("vertebra.test.kernels");
        assumeTrue(expected != null, "the build says which form it wants");
        assertThat(kernels.getClass().getSimpleName()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0, false", "0.9, false", "0.9, true"})
    void sgdFollowsTheFormula(double momentum, boolean nesterov) {
        Optimizer.Sgd rule = new Optimizer.Sgd(momentum, nesterov);
        float[] expected = range(w);
        float[] velocity = range(m);
        UpdateFormulas.sgd(rule, expected, range(g), velocity, 0.25, 0.1, 0.05);
        ByteBuffer weights = Bytes.of(w);
        ByteBuffer slot = Bytes.of(m);
        UpdateKernels.SgdStep step = UpdateKernels.SgdStep.of(rule, 0.25, 0.1, 0.05);
        kernels.sgd(weights, Bytes.of(g), momentum > 0 ? slot : null, FROM * 4, TO * 4, step);
        assertMoved(weights, w, expected);
        if (momentum > 0) {
            assertMoved(slot, m, velocity);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 1000})
    void adamWFollowsTheFormula(long count) {
        Optimizer.AdamW rule = new Optimizer.AdamW(0.9, 0.999, 1e-8);
        float[] expected = range(w);
        float[] mean = range(m);
        float[] square = range(v);
        UpdateFormulas.adamW(rule, expected, range(g), mean, square, 0.5, 0.01, 0.1, count);
        ByteBuffer weights = Bytes.of(w);
        ByteBuffer first = Bytes.of(m);
        ByteBuffer second = Bytes.of(v);
        UpdateKernels.AdamWStep step = UpdateKernels.AdamWStep.of(rule, 0.5, 0.01, 0.1, count);
        kernels.adamW(weights, Bytes.of(g), first, second, FROM * 4, TO * 4, step);
        assertMoved(weights, w, expected);
        assertMoved(first, m, mean);
        assertMoved(second, v, square);
    }

    @Test
    void emaFollowsTheFormula() {
        float[] expected = range(m);
        UpdateFormulas.ema(expected, range(w), 0.75);
        ByteBuffer average = Bytes.of(m);
        kernels.ema(average, Bytes.of(w), FROM * 4, TO * 4, 0.75);
        assertMoved(average, m, expected);
    }

    @Test
    void adds() {
        ByteBuffer target = Bytes.of(w);
        kernels.add(target, Bytes.of(g), FROM * 4, TO * 4);
        float[] values = Bytes.floats(target);
        for (int i = 0; i < LENGTH; i++) {
            assertThat(values[i]).isEqualTo(i < FROM || i >= TO ? w[i] : w[i] + g[i]);
        }
    }

    @Test
    void sumsSquaresInDouble() {
        double expected = UpdateFormulas.squares(range(g));
        assertThat(kernels.squares(Bytes.of(g), FROM * 4, TO * 4)).isCloseTo(expected, within(1e-12));
        float[] uneven = new float[64];
        Arrays.fill(uneven, 1);
        uneven[5] = 1e5f; // in float, 1e10 + 63 would be 1e10
        assertThat(kernels.squares(Bytes.of(uneven), 0, 256)).isEqualTo(1e10 + 63, within(1e-3));
    }
}
