package io.vertebra.onednn.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.engine.Counter;
import io.vertebra.graph.engine.CounterHash;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DropoutKernelTest {
    private static final int NODE = 7;
    private final Counter counter = new Counter(42);

    private float[] run(Grid grid, float[] x, double rate, boolean wholeImages) {
        DropoutKernel kernel = new DropoutKernel(grid, false, counter, NODE, rate, wholeImages);
        ByteBuffer y = Bytes.zeros(x.length);
        kernel.bind(Bytes.of(x), y);
        kernel.run();
        return Bytes.floats(y);
    }

    private static float[] ones(int length) {
        float[] ones = new float[length];
        Arrays.fill(ones, 1);
        return ones;
    }

    @Test
    void masksByTheHashOfTheElement() {
        counter.set(3, 2);
        long key = CounterHash.key(42, 3, 2, NODE);
        float[] y = run(Grid.plain(2, 50, 1, 1), ones(100), 0.25, false);
        for (int i = 0; i < 100; i++) {
            boolean dropped = CounterHash.uniform(key, i) < 0.25;
            assertThat(y[i]).isEqualTo(dropped ? 0 : (float) (1 / 0.75));
        }
        assertThat(y).contains(0).contains((float) (1 / 0.75));
    }

    @Test
    void countsElementsRowMajorInEveryOrder() {
        float[] plain = run(Grid.plain(2, 3, 2, 2), ones(24), 0.5, false);
        float[] last = run(Grid.channelsLast(2, 3, 2, 2), ones(24), 0.5, false);
        float[] blocked = run(Grid.blocked(2, 3, 2, 2, 4), ones(32), 0.5, false);
        Grid p = Grid.plain(2, 3, 2, 2);
        Grid l = Grid.channelsLast(2, 3, 2, 2);
        Grid b = Grid.blocked(2, 3, 2, 2, 4);
        for (int n = 0; n < 2; n++) {
            for (int c = 0; c < 3; c++) {
                for (int h = 0; h < 2; h++) {
                    for (int w = 0; w < 2; w++) {
                        float expected = plain[p.row(n, c, h) + w * p.columnStride()];
                        assertThat(last[l.row(n, c, h) + w * l.columnStride()]).isEqualTo(expected);
                        assertThat(blocked[b.row(n, c, h) + w * b.columnStride()])
                                .isEqualTo(expected);
                    }
                }
            }
        }
    }

    @Test
    void dropsWholeImages() {
        long key = CounterHash.key(42, 0, 0, NODE);
        float[] y = run(Grid.plain(16, 3, 1, 1), ones(48), 0.5, true);
        for (int i = 0; i < 48; i++) {
            assertThat(y[i]).isEqualTo(CounterHash.uniform(key, i / 3) < 0.5 ? 0 : 2);
        }
        assertThat(y).contains(0).contains(2);
    }

    @Test
    void anotherPassDrawsAnotherMask() {
        float[] first = run(Grid.plain(1, 64, 1, 1), ones(64), 0.5, false);
        counter.set(1, 0);
        assertThat(run(Grid.plain(1, 64, 1, 1), ones(64), 0.5, false)).isNotEqualTo(first);
        counter.set(0, 0);
        assertThat(run(Grid.plain(1, 64, 1, 1), ones(64), 0.5, false)).isEqualTo(first);
    }
}
