package io.vertebra.cuda.emit;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.cuda.device.Type;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupsTest {

    @ParameterizedTest
    @CsvSource({
        "BF16, 802816, 96, 3, 4, 264", // 12 packs
        "BF16, 12544, 768, 3, 32, 264",
        "BF16, 802816, 128, 2, 8, 264",
        "BF16, 40, 768, 3, 32, 5",
        "BF16, 0, 8, 2, 1, 1",
        "F32, 802816, 96, 3, 8, 264",
        "F32, 300, 1024, 2, 128, 150",
        "F32, 300, 9000, 2, 256, 264", // longer than a block's rows
        "BF16, 3, 100, 4, 32, 1", // no packs
        "F32, 3, 2001, 4, 256, 3"
    })
    void lanes_have_little_without_work(Type type, long rows, int channels, int each, int lanes, int blocks) {
        Groups groups = Groups.of(type, rows, channels, 2, 3);
        assertThat(groups.each()).isEqualTo(each);
        assertThat(groups.lanes()).isEqualTo(lanes);
        assertThat(groups.blocks()).isEqualTo(blocks);
        String suffix = channels % (16 / type.bytes()) == 0 ? "_packed_" + each : "";
        assertThat(groups.kernel("file", "function").function()).isEqualTo("function" + suffix);
    }
}
