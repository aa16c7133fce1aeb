package io.vertebra.onednn.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GridKernelTest {
    private static int at(Grid g, int n, int c, int h, int w) {
        return g.row(n, c, h) + w * g.columnStride();
    }

    @Test
    void ordersAsTheirNamesSay() {
        assertThat(at(Grid.plain(2, 3, 4, 5), 1, 2, 3, 4)).isEqualTo(((1 * 3 + 2) * 4 + 3) * 5 + 4);
        assertThat(at(Grid.channelsLast(2, 3, 4, 5), 1, 2, 3, 4)).isEqualTo(((1 * 4 + 3) * 5 + 4) * 3 + 2);
        // 20 channels in blocks of 8: channel 17 is the second of the third block
        int blocked = (((1 * 3 + 2) * 4 + 3) * 5 + 4) * 8 + 1;
        assertThat(at(Grid.blocked(2, 20, 4, 5, 8), 1, 17, 3, 4)).isEqualTo(blocked);
        assertThat(Grid.blocked(2, 20, 4, 5, 8).imageLength()).isEqualTo(24 * 20);
    }

    @Test
    void noTwoElementsShareAPlace() {
        for (Grid g : new Grid[] {Grid.plain(2, 5, 3, 4), Grid.channelsLast(2, 5, 3, 4), Grid.blocked(2, 5, 3, 4, 4)}) {
            Set<Integer> places = new HashSet<>();
            for (int n = 0; n < 2; n++) {
                for (int c = 0; c < 5; c++) {
                    for (int h = 0; h < 3; h++) {
                        for (int w = 0; w < 4; w++) {
                            places.add(at(g, n, c, h, w));
                        }
                    }
                }
            }
            assertThat(places).hasSize(120).allMatch(p -> p >= 0 && p < 2 * g.imageLength());
        }
    }
}
