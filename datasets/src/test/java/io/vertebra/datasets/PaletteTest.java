package io.vertebra.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaletteTest {

    @ParameterizedTest
    @CsvSource({ // the devkit's classes.tsv, and its last two colours
        "0, 000000",
        "1, 800000",
        "2, 008000",
        "5, 800080",
        "7, 808080",
        "8, 400000",
        "12, 400080",
        "16, 004000",
        "20, 004080",
        "64, 200000",
        "255, E0E0C0"
    })
    void theStandardPaletteIsVocs(int classIndex, String rgb) {
        assertThat(Palette.STANDARD.colour(classIndex)).isEqualTo(Integer.parseInt(rgb, 16));
        assertThat(Palette.STANDARD.colour(classIndex + 256)).isEqualTo(Integer.parseInt(rgb, 16));
        assertThat(new HashSet<>(Palette.STANDARD.colours())).hasSize(256);
    }

    @Test
    void palettesHoldColours() {
        assertThat(new Palette(List.of(0, 0xFFFFFF)).colour(3)).isEqualTo(0xFFFFFF);
        for (List<Integer> wrong : List.of(List.<Integer>of(), List.of(-1), List.of(0x1000000))) {
            assertThatThrownBy(() -> new Palette(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("palette: needs colours from 0x000000 to 0xFFFFFF, has " + wrong);
        }
    }
}
