package io.vertebra.onednn.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.util.function.IntFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Maps times gates and times factors. */
class ProductKernelTest {
    private static final int CHANNELS = 21;

    private final float[] x = Maps.random(CHANNELS, 1);
    private final float[] g = Maps.random(CHANNELS, 2);

    /** The sum over the cells of a picture's channel of x · g. */
    private double product(int n, int c) {
        double sum = 0;
        for (int i = 0; i < Maps.CELLS; i++) {
            int at = Maps.at(CHANNELS, n, c, i);
            sum += (double) x[at] * g[at];
        }
        return sum;
    }

    private interface Factor {
        float of(int n, int c);
    }

    private static float[] times(float[] map, Factor factor) {
        float[] product = new float[map.length];
        for (int n = 0; n < Maps.PICTURES; n++) {
            for (int c = 0; c < CHANNELS; c++) {
                for (int i = 0; i < Maps.CELLS; i++) {
                    int at = Maps.at(CHANNELS, n, c, i);
                    product[at] = map[at] * factor.of(n, c);
                }
            }
        }
        return product;
    }

    private static Grid gates(Grid map) {
        return map.isBlocked()
                ? Grid.blocked(Maps.PICTURES, CHANNELS, 1, 1, map.run())
                : map.run() == 1
                        ? Grid.plain(Maps.PICTURES, CHANNELS, 1, 1)
                        : Grid.channelsLast(Maps.PICTURES, CHANNELS, 1, 1);
    }

    @ParameterizedTest
    @MethodSource("io.vertebra.onednn.kernel.Maps#orders")
    void differentiatesAGate(IntFunction<Grid> order) {
        Grid grid = order.apply(CHANNELS);
        Grid gates = gates(grid);
        float[] gate = Bytes.random(Maps.PICTURES * CHANNELS, 3);
        ByteBuffer toGate = Maps.dirty(gates);
        ByteBuffer toX = Maps.dirty(grid);
        GateKernel kernel = new GateKernel(grid, gates, false);
        kernel.bind(Maps.tensor(grid, x), Maps.tensor(gates, gate), Maps.tensor(grid, g), toGate, toX);
        for (int again = 0; again < 2; again++) {
            kernel.run();
            for (int n = 0; n < Maps.PICTURES; n++) {
                for (int c = 0; c < CHANNELS; c++) {
                    assertThat(Maps.values(gates, toGate)[n * CHANNELS + c])
                            .isCloseTo((float) product(n, c), within(1e-4f));
                }
            }
            assertThat(Maps.values(grid, toX)).isEqualTo(times(g, (n, c) -> gate[n * CHANNELS + c]));
        }
        assertThat(Maps.isPaddedWithZeros(grid, toX)).isTrue();
        assertThat(Maps.isPaddedWithZeros(gates, toGate)).isTrue();
        ByteBuffer alone = Maps.dirty(gates);
        kernel.bind(Maps.tensor(grid, x), Maps.tensor(gates, gate), Maps.tensor(grid, g), alone);
        kernel.run();
        assertThat(Bytes.floats(alone)).isEqualTo(Bytes.floats(toGate));
    }

    @ParameterizedTest
    @MethodSource("io.vertebra.onednn.kernel.Maps#orders")
    void scalesChannels(IntFunction<Grid> order) {
        Grid grid = order.apply(CHANNELS);
        float[] factors = Bytes.random(CHANNELS, 4);
        ByteBuffer y = Maps.dirty(grid);
        ChannelScaleKernel forward = new ChannelScaleKernel(grid, false, false);
        forward.bind(Maps.tensor(grid, x), Bytes.of(factors), y);
        forward.run();
        ByteBuffer toFactors = Bytes.of(Bytes.random(CHANNELS, 5));
        ByteBuffer toX = Maps.dirty(grid);
        ChannelScaleKernel backward = new ChannelScaleKernel(grid, false, true);
        backward.bind(Maps.tensor(grid, x), Bytes.of(factors), Maps.tensor(grid, g), toFactors, toX);
        for (int again = 0; again < 2; again++) {
            backward.run();
            for (int c = 0; c < CHANNELS; c++) {
                double expected = product(0, c) + product(1, c);
                assertThat(toFactors.getFloat(4 * c)).isCloseTo((float) expected, within(1e-4f));
            }
            assertThat(Maps.values(grid, y)).isEqualTo(times(x, (n, c) -> factors[c]));
            assertThat(Maps.values(grid, toX)).isEqualTo(times(g, (n, c) -> factors[c]));
        }
        assertThat(Maps.isPaddedWithZeros(grid, y)).isTrue();
        assertThat(Maps.isPaddedWithZeros(grid, toX)).isTrue();
        ByteBuffer alone = Bytes.of(Bytes.random(CHANNELS, 6));
        backward.bind(Maps.tensor(grid, x), Bytes.of(factors), Maps.tensor(grid, g), alone);
        backward.run();
        assertThat(Bytes.floats(alone)).isEqualTo(Bytes.floats(toFactors));
    }
}
