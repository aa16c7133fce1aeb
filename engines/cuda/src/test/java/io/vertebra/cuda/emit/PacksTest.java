package io.vertebra.cuda.emit;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many channels threads and blocks take. */
class PacksTest {

    @ParameterizedTest
    @CsvSource({"F32, 4, 4", "F32, 6, 1", "F32, 12, 4", "BF16, 8, 8", "BF16, 12, 1", "BF16, 1, 1"})
    void a_thread_takes_a_pack_where_packs_fit(Type type, int channels, int size) {
        Packs packs = Packs.of("pools", type, channels);

        assertThat(packs.size()).isEqualTo(size);
        assertThat(packs.each("mean", 1000))
                .isEqualTo(new Kernel(
                        "pools", size > 1 ? "mean_packed" : "mean", type, Grid.over(1000L * channels / size)));
    }

    @Test
    void a_thread_takes_one_channel_where_something_else_is_no_multiple_of_a_pack() {
        assertThat(Packs.of("moves", Type.F32, 8, false).arePacked()).isFalse();
        assertThat(Packs.of("moves", Type.F32, 8, true).arePacked()).isTrue();
    }

    /** A warp of packs where there are many blocks, 64 bytes where there are few, never more than there are. */
    @ParameterizedTest
    @CsvSource({
        "BF16, 2048, 256, 32, 8",
        "BF16, 2048, 1, 4, 64",
        "BF16, 96, 1000, 12, 1",
        "BF16, 96, 1, 6, 2",
        "BF16, 264, 1000, 17, 2",
        "F32, 4, 1, 1, 1",
        "F32, 3, 1, 3, 1",
        "F32, 19, 1, 19, 1",
        "F32, 35, 1, 18, 2",
        "BF16, 63, 1000, 32, 2"
    })
    void blocks_take_neighbours(Type type, int channels, long blocks, int width, int groups) {
        Packs packs = Packs.of("bins", type, channels);

        assertThat(packs.width(blocks)).isEqualTo(width);
        assertThat(packs.blocks("means", blocks, width).grid())
                .isEqualTo(new Grid((int) blocks, groups, 1, Grid.THREADS));
    }
}
