package io.vertebra.cuda.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Shape;
import java.nio.FloatBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightOrderTest {

    @Test
    void anOrderBelongsToEachConvolution() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.conv("full", g.image(4, 8, 8), Conv.of(3, 6));
        x = g.conv("depthwise", x, Conv.of(3, 6).groups(6));
        x = g.conv("twice", x, Conv.of(3, 12).groups(6));
        g.output("y", g.linear("fc", g.globalAveragePool(x), 5));
        Graph graph = g.build();
        assertThat(WeightOrder.of(graph))
                .isEqualTo(Map.of(
                        "full.weight", WeightOrder.CHANNELS_LAST,
                        "depthwise.weight", WeightOrder.TAPS,
                        "twice.weight", WeightOrder.CHANNELS_LAST));
    }

    /** The number of an element tells its row-major indices: k, c, r, s, each a digit. */
    @ParameterizedTest
    @CsvSource({"CHANNELS_LAST, 2 3 2 2", "TAPS, 3 1 2 4", "CHANNELS_LAST, 1 1 1 1", "ROW_MAJOR, 2 3 2 2"})
    void elementsGoWhereKernelsLookForThem(WeightOrder order, String extents) {
        Shape shape = Shape.of(java.util.Arrays.stream(extents.split(" "))
                .mapToInt(Integer::parseInt)
                .toArray());
        float[] plain = new float[(int) shape.elements()];
        for (int i = 0, k = 0; k < shape.get(0); k++) {
            for (int c = 0; c < shape.get(1); c++) {
                for (int r = 0; r < shape.get(2); r++) {
                    for (int s = 0; s < shape.get(3); s++, i++) {
                        plain[i] = 1000 * k + 100 * c + 10 * r + s;
                    }
                }
            }
        }
        FloatBuffer own = FloatBuffer.allocate(plain.length);
        order.arrange(shape, plain, own);
        for (int i = 0; i < plain.length; i++) {
            assertThat(own.get(i)).isEqualTo(expected(order, shape, i));
        }
        float[] back = new float[plain.length];
        order.restore(shape, own, back);
        assertThat(back).containsExactly(plain);
    }

    /** Reads the digits off an index of the order's own. */
    private static float expected(WeightOrder order, Shape shape, int index) {
        int i = index;
        int[] axes = switch (order) {
            case ROW_MAJOR -> new int[] {0, 1, 2, 3};
            case CHANNELS_LAST -> new int[] {0, 2, 3, 1};
            case TAPS -> new int[] {1, 2, 3, 0};
        };
        int[] weights = {1000, 100, 10, 1};
        float number = 0;
        for (int a = axes.length - 1; a >= 0; a--) {
            number += weights[axes[a]] * (i % shape.get(axes[a]));
            i /= shape.get(axes[a]);
        }
        return number;
    }
}
