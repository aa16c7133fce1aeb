package io.vertebra.onednn.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class CrossEntropyKernelTest {
    private static final double LOG_3 = Math.log(3);

    private final ByteBuffer loss = Bytes.of(-1f);
    private final ByteBuffer gradient = Bytes.of(9f, 9f, 9f, 9f, 9f, 9f);

    private static Kernel hard(int rows, double smoothing, int ignore) {
        return new CrossEntropyKernel(new FlatPositions(1, rows, 3), rows, new SoftmaxCrossEntropy(smoothing, ignore));
    }

    private float run(Kernel kernel, ByteBuffer logits, ByteBuffer labels) {
        kernel.bind(logits, labels, loss, gradient);
        kernel.run();
        return loss.getFloat(0);
    }

    @Test
    void equalLogitsCostTheLogarithmOfTheClasses() {
        Kernel kernel = hard(2, 0, -100);
        float value = run(kernel, Bytes.of(5f, 5f, 5f, -8f, -8f, -8f), Bytes.of(0, 2));
        assertThat(value).isCloseTo((float) LOG_3, within(1e-6f));
        float third = 1 / 3f;
        float[] expected = {(third - 1) / 2, third / 2, third / 2, third / 2, third / 2, (third - 1) / 2};
        assertThat(Bytes.floats(gradient)).containsExactly(expected, within(1e-7f));
    }

    @Test
    void ignoredRowsCountNeitherAboveNorBelow() {
        Kernel kernel = hard(2, 0, 255);
        float value = run(kernel, Bytes.of(5f, 5f, 5f, -8f, 40f, -8f), Bytes.of(1, 255));
        assertThat(value).isCloseTo((float) LOG_3, within(1e-6f));
        assertThat(Bytes.floats(gradient)[1]).isCloseTo(1 / 3f - 1, within(1e-6f));
        assertThat(Bytes.floats(gradient)).endsWith(0, 0, 0);
    }

    @Test
    void nothingValidIsZero() {
        Kernel kernel = hard(2, 0.1, 0);
        assertThat(run(kernel, Bytes.of(1f, 2f, 3f, 4f, 5f, 6f), Bytes.of(0, 0)))
                .isZero();
        assertThat(Bytes.floats(gradient)).containsOnly(0);
    }

    @Test
    void smoothingSpreadsTheTarget() {
        // logits 0, 0, log 2: softmax 1/4, 1/4, 1/2; smoothing 0.3 of class 2: targets 0.1, 0.1, 0.8
        Kernel kernel = hard(1, 0.3, -100);
        float value = run(kernel, Bytes.of(0f, 0f, (float) Math.log(2)), Bytes.of(2));
        assertThat(value).isCloseTo((float) (0.2 * Math.log(4) + 0.8 * Math.log(2)), within(1e-6f));
        assertThat(Bytes.floats(gradient))
                .satisfies(actual -> assertThat(java.util.Arrays.copyOf(actual, 3))
                        .containsExactly(new float[] {0.15f, 0.15f, -0.3f}, within(1e-6f)));
    }

    @Test
    void softLabelsNeedNotSumToOne() {
        Kernel kernel = new SoftCrossEntropyKernel(1, 3, new SoftmaxCrossEntropy(0, -100));
        float value = run(kernel, Bytes.of(0f, 0f, (float) Math.log(2)), Bytes.of(0.5f, 0f, 1f));
        assertThat(value).isCloseTo((float) (0.5 * Math.log(4) + Math.log(2)), within(1e-6f));
        assertThat(Bytes.floats(gradient))
                .satisfies(actual -> assertThat(java.util.Arrays.copyOf(actual, 3))
                        .containsExactly(new float[] {-0.125f, 0.375f, -0.25f}, within(1e-6f)));
    }

    @Test
    void largeLogitsDoNotOverflow() {
        Kernel kernel = hard(1, 0, -100);
        assertThat(run(kernel, Bytes.of(1000f, 0f, -1000f), Bytes.of(1))).isCloseTo(1000, within(1e-3f));
        assertThat(java.util.Arrays.copyOf(Bytes.floats(gradient), 3))
                .containsExactly(new float[] {1, -1, 0}, within(1e-30f));
    }

    @Test
    void givesTheLossAlone() {
        Kernel kernel = hard(1, 0, -100);
        kernel.bind(Bytes.of(0f, 0f, 0f), Bytes.of(1), loss);
        kernel.run();
        assertThat(loss.getFloat(0)).isCloseTo((float) LOG_3, within(1e-6f));
    }
}
