package io.vertebra.onednn.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.util.function.IntFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Norms by the moments of each sample: groups of channels, and cells. */
class MomentNormKernelTest {
    private static final double EPSILON = 1e-3;

    /** Values, gradients and what follows from them by definition, for sets of elements that share their moments. */
    private static final class Expected {
        private final int channels;
        private final float[] x;
        private final float[] g;
        private final float[] scale;
        private final float[] shift;
        private final double[] y;
        private final double[] toX;
        private final double[] toScale;
        private final double[] toShift;

        /** {@code of}: the set of element (n, c, cell), numbered from 0; {@code each}: elements of a set. */
        private Expected(int channels, int sets, int each, Set of) {
            this.channels = channels;
            this.x = Maps.random(channels, 1);
            for (int i = 0; i < x.length; i++) {
                x[i] += 2;
            }
            this.g = Maps.random(channels, 2);
            this.scale = Bytes.random(channels, 3);
            this.shift = Bytes.random(channels, 4);
            this.y = new double[x.length];
            this.toX = new double[x.length];
            this.toScale = new double[channels];
            this.toShift = new double[channels];
            double[][] sums = new double[4][sets]; // mean, variance, Σ γ·g, Σ γ·g·x̂
            every((at, n, c, i) -> sums[0][of.number(n, c, i)] += x[at] / (double) each);
            every((at, n, c, i) -> {
                int set = of.number(n, c, i);
                sums[1][set] += Math.pow(x[at] - sums[0][set], 2) / each;
            });
            every((at, n, c, i) -> {
                int set = of.number(n, c, i);
                double normal = (x[at] - sums[0][set]) / Math.sqrt(sums[1][set] + EPSILON);
                y[at] = scale[c] * normal + shift[c];
                toScale[c] += g[at] * normal;
                toShift[c] += g[at];
                sums[2][set] += scale[c] * g[at];
                sums[3][set] += scale[c] * g[at] * normal;
            });
            every((at, n, c, i) -> {
                int set = of.number(n, c, i);
                double r = 1 / Math.sqrt(sums[1][set] + EPSILON);
                double normal = (x[at] - sums[0][set]) * r;
                toX[at] = r * (scale[c] * g[at] - sums[2][set] / each - normal * sums[3][set] / each);
            });
        }

        private interface Set {
            int number(int n, int c, int cell);
        }

        private interface Element {
            void visit(int at, int n, int c, int cell);
        }

        private void every(Element element) {
            for (int n = 0; n < Maps.PICTURES; n++) {
                for (int c = 0; c < channels; c++) {
                    for (int i = 0; i < Maps.CELLS; i++) {
                        element.visit(Maps.at(channels, n, c, i), n, c, i);
                    }
                }
            }
        }
    }

    private static void close(float[] actual, double[] expected, double tolerance) {
        assertThat(actual).hasSize(expected.length);
        int worst = 0;
        for (int i = 0; i < actual.length; i++) {
            boolean worse = !(Math.abs(actual[i] - expected[i]) <= Math.abs(actual[worst] - expected[worst]));
            worst = worse ? i : worst;
        }
        assertThat((double) actual[worst]).as("element %d", worst).isCloseTo(expected[worst], within(tolerance));
    }

    private static void check(
            Kernel forward, Kernel backward, Grid grid, int moments, boolean sourceOptional, Expected e) {
        ByteBuffer y = Maps.dirty(grid);
        ByteBuffer statistics = Bytes.of(Bytes.random(moments, 5));
        forward.bind(Maps.tensor(grid, e.x), Bytes.of(e.scale), Bytes.of(e.shift), y, statistics);
        ByteBuffer toScale = Bytes.of(Bytes.random(e.channels, 6));
        ByteBuffer toShift = Bytes.of(Bytes.random(e.channels, 7));
        ByteBuffer toX = Maps.dirty(grid);
        backward.bind(
                Maps.tensor(grid, e.x), Bytes.of(e.scale), statistics, Maps.tensor(grid, e.g), toScale, toShift, toX);
        for (int again = 0; again < 2; again++) {
            forward.run();
            backward.run();
            close(Maps.values(grid, y), e.y, 1e-5);
            close(Maps.values(grid, toX), e.toX, 2e-5);
            close(Bytes.floats(toScale), e.toScale, 2e-3);
            close(Bytes.floats(toShift), e.toShift, 2e-4);
        }
        assertThat(Maps.isPaddedWithZeros(grid, y)).isTrue();
        assertThat(Maps.isPaddedWithZeros(grid, toX)).isTrue();
        if (sourceOptional) {
            ByteBuffer alone = Bytes.of(Bytes.random(e.channels, 8));
            backward.bind(
                    Maps.tensor(grid, e.x), Bytes.of(e.scale), statistics, Maps.tensor(grid, e.g), alone, toShift);
            backward.run();
            assertThat(Bytes.floats(alone)).isEqualTo(Bytes.floats(toScale));
        }
    }

    @ParameterizedTest
    @MethodSource("io.vertebra.onednn.kernel.Maps#orders")
    void normalizesGroupsOfChannels(IntFunction<Grid> order) {
        int groups = 7;
        int each = 3;
        Grid grid = order.apply(groups * each);
        Expected expected = new Expected(
                groups * each, Maps.PICTURES * groups, each * Maps.CELLS, (n, c, i) -> n * groups + c / each);
        GroupNormKernel forward = new GroupNormKernel(grid, groups, false, EPSILON, false);
        GroupNormKernel backward = new GroupNormKernel(grid, groups, false, EPSILON, true);
        check(forward, backward, grid, 2 * Maps.PICTURES * groups, true, expected);
    }

    @ParameterizedTest
    @CsvSource({"5, 16", "32, 16", "40, 16", "5, 8", "24, 8", "300, 16"})
    void normalizesCells(int channels, int block) {
        Grid grid = Grid.blocked(Maps.PICTURES, channels, Maps.HEIGHT, Maps.WIDTH, block);
        Expected expected =
                new Expected(channels, Maps.PICTURES * Maps.CELLS, channels, (n, c, i) -> n * Maps.CELLS + i);
        LayerNormKernel forward = new LayerNormKernel(grid, EPSILON);
        LayerNormBackwardKernel backward = new LayerNormBackwardKernel(grid);
        check(forward, backward, grid, 2 * Maps.PICTURES * Maps.CELLS, false, expected);
    }
}
