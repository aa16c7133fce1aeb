package io.vertebra.onednn.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.onednn.natives.Window;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DepthwiseKernelTest {
    private static final int PICTURES = 2;
    private static final int CHANNELS = 20;
    private static final int HEIGHT = 7;
    private static final int WIDTH = 9;

    /** Gradients of Σ g · conv(x, w) by their definition: the product of the two others, summed over what a tap joins. */
    private static double[][] expected(Window window, int[] out, float[] x, float[] g, float[] w) {
        int kh = (int) window.kernel()[0];
        int kw = (int) window.kernel()[1];
        double[] toWeights = new double[CHANNELS * kh * kw];
        double[] toSource = new double[x.length];
        double[] toBias = new double[CHANNELS];
        for (int nc = 0; nc < PICTURES * CHANNELS; nc++) {
            for (int i = 0; i < out[0]; i++) {
                for (int j = 0; j < out[1]; j++) {
                    toBias[nc % CHANNELS] += g[(nc * out[0] + i) * out[1] + j];
                    for (int u = 0; u < kh; u++) {
                        for (int v = 0; v < kw; v++) {
                            long h = (long) i * window.stride()[0]
                                    - window.before()[0]
                                    + (long) u * window.dilation()[0];
                            long k = (long) j * window.stride()[1]
                                    - window.before()[1]
                                    + (long) v * window.dilation()[1];
                            if (h >= 0 && h < HEIGHT && k >= 0 && k < WIDTH) {
                                int at = (int) (((long) nc * HEIGHT + h) * WIDTH + k);
                                int tap = (nc % CHANNELS * kh + u) * kw + v;
                                double gradient = g[(nc * out[0] + i) * out[1] + j];
                                toWeights[tap] += gradient * x[at];
                                toSource[at] += gradient * w[tap];
                            }
                        }
                    }
                }
            }
        }
        return new double[][] {toWeights, toSource, toBias};
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    @ParameterizedTest
    @CsvSource({
        "3, 3, 1, 2, 2, 2, 2",
        "3, 3, 1, 4, 2, 4, 2",
        "3, 1, 1, 3, 1, 0, 0",
        "3, 5, 2, 2, 1, 2, 3",
        "2, 3, 1, 6, 8, 6, 8",
        "7, 7, 1, 1, 1, 3, 3",
        "5, 5, 2, 1, 1, 2, 2",
        "5, 5, 1, 1, 1, 0, 0",
        "1, 9, 2, 1, 1, 0, 1",
        "4, 6, 1, 1, 1, 1, 5"
    })
    void followsTheDefinition(int kh, int kw, int stride, int dilationH, int dilationW, int top, int left) {
        Window window = new Window(
                new long[] {kh, kw},
                new long[] {stride, stride},
                new long[] {dilationH, dilationW},
                new long[] {top, left},
                new long[] {top, left});
        int[] out = {
            (HEIGHT + 2 * top - dilationH * (kh - 1) - 1) / stride + 1,
            (WIDTH + 2 * left - dilationW * (kw - 1) - 1) / stride + 1
        };
        Grid in = Grid.blocked(PICTURES, CHANNELS, HEIGHT, WIDTH, 16);
        Grid to = Grid.blocked(PICTURES, CHANNELS, out[0], out[1], 16);
        float[] x = Bytes.random(PICTURES * CHANNELS * HEIGHT * WIDTH, 1);
        float[] g = Bytes.random(PICTURES * CHANNELS * out[0] * out[1], 2);
        float[] w = Bytes.random(CHANNELS * kh * kw, 3);
        double[][] expected = expected(window, out, x, g, w);

        ByteBuffer toWeights = Bytes.of(w);
        ByteBuffer toBias = Bytes.of(Bytes.random(CHANNELS, 5));
        DepthwiseWeightsKernel weights = new DepthwiseWeightsKernel(in, to, window, false);
        weights.bind(ResizeKernelTest.physical(in, x), ResizeKernelTest.physical(to, g), toWeights);
        for (int again = 0; again < 2; again++) { // what the first run left is no part of the second
            weights.run();
            assertThat(Bytes.floats(toWeights)).containsExactly(floats(expected[0]), within(1e-5f));
        }
        weights.bind(ResizeKernelTest.physical(in, x), ResizeKernelTest.physical(to, g), Bytes.of(w), toBias);
        weights.run();
        assertThat(Bytes.floats(toBias)).containsExactly(floats(expected[2]), within(1e-5f));
        if (stride == 1) { // the kernel knows no other
            ByteBuffer toSource = Bytes.of(Bytes.random(PICTURES * in.imageLength(), 4));
            DepthwiseDataKernel data = new DepthwiseDataKernel(in, to, window, false);
            data.bind(toSource, ResizeKernelTest.physical(to, g), Bytes.of(w));
            data.run();
            float[] plain = ResizeKernelTest.logical(in, toSource);
            for (int i = 0; i < plain.length; i++) {
                assertThat(plain[i]).as("cell %d", i).isCloseTo((float) expected[1][i], within(1e-5f));
            }
        }
    }
}
