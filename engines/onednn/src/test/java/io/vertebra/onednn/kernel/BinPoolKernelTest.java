package io.vertebra.onednn.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class BinPoolKernelTest {
    @Test
    void adaptiveBinsCoverTheInputAndMayOverlap() {
        Bins bins = Bins.adaptive(5, 3);
        assertThat(bins.from()).containsExactly(0, 1, 3);
        assertThat(bins.to()).containsExactly(2, 4, 5);
        assertThat(bins.count()).containsExactly(2, 3, 2);
        assertThat(bins.size()).isEqualTo(3);
    }

    @Test
    void slidingWindowsCountThePaddingButNotWhatTheCeilingAdds() {
        // 4 cells, kernel 3, stride 2, one padded cell on each side, and a third window that begins in the last
        Bins counting = Bins.sliding(4, 3, 3, 2, 1, 1, true);
        assertThat(counting.from()).containsExactly(0, 1, 3);
        assertThat(counting.to()).containsExactly(2, 4, 4);
        assertThat(counting.count()).containsExactly(3, 3, 2);
        assertThat(Bins.sliding(4, 3, 3, 2, 1, 1, false).count()).containsExactly(2, 3, 1);
    }

    @Test
    void averagesAndSpreads() {
        Grid in = Grid.plain(1, 1, 1, 5);
        Grid out = Grid.plain(1, 1, 1, 3);
        Bins row = Bins.adaptive(1, 1);
        Bins columns = Bins.adaptive(5, 3);
        ByteBuffer x = Bytes.of(2f, 4f, 6f, 8f, 10f);
        ByteBuffer y = Bytes.of(-1f, -1f, -1f);
        BinPoolKernel forward = new BinPoolKernel(in, out, row, columns, false, false);
        forward.bind(x, y);
        forward.run();
        assertThat(Bytes.floats(y)).containsExactly(3, 6, 9);
        ByteBuffer dx = Bytes.of(7f, 7f, 7f, 7f, 7f);
        BinPoolKernel backward = new BinPoolKernel(in, out, row, columns, false, true);
        backward.bind(dx, Bytes.of(2f, 3f, 4f));
        backward.run();
        assertThat(Bytes.floats(dx)).containsExactly(1, 2, 1, 3, 2);
    }

    @Test
    void keepsPaddedChannelsAtZero() {
        Grid in = Grid.blocked(1, 3, 1, 2, 4);
        Grid out = Grid.blocked(1, 3, 1, 1, 4);
        ByteBuffer y = Bytes.of(9f, 9f, 9f, 9f);
        BinPoolKernel kernel = new BinPoolKernel(in, out, Bins.adaptive(1, 1), Bins.adaptive(2, 1), false, false);
        kernel.bind(Bytes.of(1f, 2f, 3f, 0f, 3f, 4f, 5f, 0f), y);
        kernel.run();
        assertThat(Bytes.floats(y)).containsExactly(2, 3, 4, 0);
    }
}
