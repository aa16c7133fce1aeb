package io.vertebra.onednn.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class StatisticsKernelTest {
    @Test
    void runningStatisticsTakeTheUnbiasedVariance() {
        ByteBuffer mean = Bytes.of(1f, 2f);
        ByteBuffer variance = Bytes.of(1f, 1f);
        RunningStatisticsKernel kernel = new RunningStatisticsKernel(2, 0.25, 5);
        kernel.bind(Bytes.of(5f, 6f), Bytes.of(8f, 16f), mean, variance);
        kernel.run();
        assertThat(Bytes.floats(mean)).containsExactly(2, 3);
        assertThat(Bytes.floats(variance)).containsExactly(0.75f + 0.25f * 10, 0.75f + 0.25f * 20);
    }

    @Test
    void aSingleElementHasNoUnbiasedVariance() {
        ByteBuffer variance = Bytes.of(1f);
        RunningStatisticsKernel kernel = new RunningStatisticsKernel(1, 0.5, 1);
        kernel.bind(Bytes.of(0f), Bytes.of(0f), Bytes.of(0f), variance);
        kernel.run();
        assertThat(variance.getFloat(0)).isEqualTo(0.5f);
    }

    @Test
    void foldedWeightsAndBiasGiveTheNormOfTheConvolution() {
        ByteBuffer weights = Bytes.of(1f, 2f, 3f, 4f);
        ByteBuffer scale = Bytes.of(3f, 5f);
        FoldKernels.Line line = new FoldKernels.Line(scale, Bytes.of(0.5f, 1f), Bytes.of(1f, 2f), Bytes.of(8f, 24f), 1);
        FoldKernels.weights(weights, 2, 2, line);
        assertThat(Bytes.floats(weights)).containsExactly(1, 2, 3, 4);
        ByteBuffer bias = Bytes.zeros(2);
        FoldKernels.bias(bias, 2, Bytes.of(7f, 8f), line);
        assertThat(Bytes.floats(bias)).containsExactly(new float[] {6.5f, 7}, within(1e-6f));
        FoldKernels.bias(bias, 2, null, line);
        assertThat(Bytes.floats(bias)).containsExactly(new float[] {-0.5f, -1}, within(1e-6f));
        FoldKernels.weights(weights, 2, 2, new FoldKernels.Line(Bytes.of(1f, -1f), scale, scale, Bytes.of(3f, 15f), 1));
        assertThat(Bytes.floats(weights)).containsExactly(0.5f, 1, -0.75f, -1);
    }

    @Test
    void aFactorAloneScalesWeightsAndBias() {
        ByteBuffer weights = Bytes.of(1f, 2f, 3f, 4f);
        FoldKernels.Line line = FoldKernels.Line.of(Bytes.of(2f, -1f));
        FoldKernels.weights(weights, 2, 2, line);
        assertThat(Bytes.floats(weights)).containsExactly(2, 4, -3, -4);
        ByteBuffer bias = Bytes.of(9f, 9f);
        FoldKernels.bias(bias, 2, Bytes.of(7f, 8f), line);
        assertThat(Bytes.floats(bias)).containsExactly(14, -8);
        FoldKernels.bias(bias, 2, null, line);
        assertThat(Bytes.floats(bias)).containsExactly(0, 0);
    }

    @Test
    void scalesAndFills() {
        ByteBuffer y = Bytes.zeros(3);
        ScaleKernel scale = new ScaleKernel(3);
        scale.bind(Bytes.of(1f, 2f, 3f), Bytes.of(-2f), y);
        scale.run();
        assertThat(Bytes.floats(y)).containsExactly(-2, -4, -6);
        FillKernel fill = new FillKernel(2, 7);
        fill.bind(y);
        fill.run();
        assertThat(Bytes.floats(y)).containsExactly(7, 7, -6);
    }
}
