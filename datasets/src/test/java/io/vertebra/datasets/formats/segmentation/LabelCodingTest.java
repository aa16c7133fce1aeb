package io.vertebra.datasets.formats.segmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.datasets.DatasetException;
import io.vertebra.images.LabelMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelCodingTest {

    @ParameterizedTest(name = "{0} classes, ignore {1}, reduce {2}: {3} is {4}")
    @CsvSource({ // mmseg: reduce_zero_label first, then ignore_index
        "3, 255, false, 0, 0",
        "3, 255, false, 2, 2",
        "3, 255, false, 3, -1",
        "3, 255, false, 254, -1",
        "3, 255, false, 255, 255",
        "11, 11, false, 11, 255",
        "11, 11, false, 10, 10",
        "11, 11, false, 12, -1",
        "11, 11, false, 255, 255",
        "3, 1, false, 1, 255",
        "3, 255, true, 0, 255",
        "3, 255, true, 1, 0",
        "3, 255, true, 3, 2",
        "3, 255, true, 4, -1",
        "3, 255, true, 255, 255",
        "3, 1, true, 2, 255",
        "3, 1, true, 1, 0",
        "255, 255, false, 254, 254"
    })
    void saysWhatANumberStandsFor(int classes, int ignore, boolean reduce, int stored, int expected) {
        LabelCoding coding = new LabelCoding(classes, ignore, reduce);
        assertThat(coding.decode(stored)).isEqualTo(expected);
        LabelMap map = LabelMap.of(1, 1, new byte[] {(byte) stored});
        if (expected >= 0) {
            assertThat(coding.decode("f", map).at(0, 0)).isEqualTo(expected);
        } else {
            assertThatThrownBy(() -> coding.decode("f", map)).isInstanceOf(DatasetException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "255, false, 0 to 4 and 255",
        "5, false, '0 to 4, 5 and 255'",
        "3, false, 0 to 4 and 255",
        "4, false, 0 to 4 and 255",
        "255, true, 0 to 5 and 255",
        "9, true, '0 to 5, 10 and 255'",
        "4, true, 0 to 5 and 255"
    })
    void namesTheFirstNumberThatStandsForNothing(int ignore, boolean reduce, String allowed) {
        LabelMap map = LabelMap.of(2, 3, new byte[] {1, 2, 3, 4, (byte) 200, (byte) 201});
        assertThatThrownBy(() -> new LabelCoding(5, ignore, reduce).decode("a.png", map))
                .hasMessage("a.png: pixel (1,1): has the label 200; with 5 classes"
                        + (reduce ? " and reduce_zero_label" : "") + " only " + allowed + " are allowed");
    }

    @Test
    void leavesTheStoredMapAlone() {
        LabelMap stored = LabelMap.of(1, 2, new byte[] {0, 2});
        assertThat(new LabelCoding(2, 255, true).decode("f", stored)).isEqualTo(LabelMap.of(1, 2, new byte[] {-1, 1}));
        assertThat(stored).isEqualTo(LabelMap.of(1, 2, new byte[] {0, 2}));
        assertThat(LabelCoding.plain(4)).isEqualTo(new LabelCoding(4, 255, false));
    }

    @Test
    void refusesSettingsOutOfRange() {
        assertThatThrownBy(() -> LabelCoding.plain(0)).hasMessage("classes: must be 1 to 255, are 0");
        assertThatThrownBy(() -> LabelCoding.plain(256)).hasMessage("classes: must be 1 to 255, are 256");
        assertThatThrownBy(() -> new LabelCoding(2, -1, false)).hasMessage("ignore_index: must lie in [0, 255], is -1");
        assertThatThrownBy(() -> new LabelCoding(2, 256, false)).isInstanceOf(IllegalArgumentException.class);
        assertThat(new LabelCoding(1, 0, false).decode(0)).isEqualTo(255);
    }
}
