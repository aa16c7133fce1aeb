package io.vertebra.onednn.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Size;
import io.vertebra.onednn.kernel.MergedGroups;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NarrowGroupsTest {

    private static Convolution convolution(int out, int groups) {
        Size one = Size.of(1);
        return new Convolution(out, new Size(3, 5), one, Padding.none(), one, groups, false, Initializer.zeros());
    }

    @ParameterizedTest
    @CsvSource({
        "128, 128, 32, 16, 4", // ResNeXt 32x4d
        "256, 256, 32, 16, 2",
        "256, 256, 32,  8, 0", // already a block
        "128, 128, 32,  8, 2",
        "128, 128, 32,  1, 0", // channels last
        "512, 512, 32, 16, 0",
        " 64,  64, 32, 16, 0", // two channels a group
        " 64,  64, 64, 16, 0", // depthwise
        " 64,  64,  1, 16, 0",
        " 24,  48,  6, 16, 0", // six groups are no multiple of four
        " 36,  36,  6, 16, 0", // six channels do not fill a block
        " 64,  32, 16, 16, 0", // nor do four groups of two outputs
        " 64, 128, 16, 16, 4"
    })
    void areMergedToBlocks(int in, int out, int groups, int block, int merged) {
        MergedGroups found = NarrowGroups.merged(convolution(out, groups), in, block);
        assertThat(found)
                .isEqualTo(merged == 0 ? null : new MergedGroups(merged, out, out / groups, in / groups, 3, 5));
    }

    @Test
    void theWorkGrowsWithTheGroupsThatBecomeOne() {
        assertThat(NarrowGroups.merged(convolution(128, 32), 128, 16).extents()).containsExactly(8, 16, 16, 3, 5);
    }
}
