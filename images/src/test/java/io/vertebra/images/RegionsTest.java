package io.vertebra.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegionsTest {

    private static final LabelMap MAP = LabelMap.of(2, 3, new byte[] {0, 1, 1, 2, 1, -1});

    @Test
    void masksCountRunsColumnByColumnFromOutside() { // columns 0 2, 1 1, 1 255
        Mask mask = Mask.where(MAP, 1);
        assertThat(mask.runs()).containsExactly(2, 3, 1);
        assertThat(mask.area()).isEqualTo(3);
        assertThat(mask.bounds()).contains(new Box(1, 0, 3, 2));
        assertThat(Mask.where(MAP, 0).runs()).containsExactly(0, 1, 5);
        assertThat(Mask.where(MAP, 255).bounds()).contains(new Box(2, 1, 3, 2));
        assertThat(Mask.where(MAP, 7).runs()).containsExactly(6);
        assertThat(Mask.where(MAP, 7).bounds()).isEmpty();
        assertThat(mask).hasToString("Mask[2x3, area 3]");
    }

    @TestFactory
    Stream<DynamicTest> masksHoldExactlyTheirPixels() {
        return Cases.seeded(200, random -> {
            LabelMap map = Cases.map(random, 3);
            Mask mask = Mask.where(map, 1);
            int area = 0;
            float left = map.width();
            float top = map.height();
            float right = 0;
            float bottom = 0;
            for (int y = 0; y < map.height(); y++) {
                for (int x = 0; x < map.width(); x++) {
                    boolean inside = map.at(y, x) == 1;
                    assertThat(mask.toMap().at(y, x)).isEqualTo(inside ? 1 : 0);
                    if (inside) {
                        area++;
                        left = Math.min(left, x);
                        top = Math.min(top, y);
                        right = Math.max(right, x + 1);
                        bottom = Math.max(bottom, y + 1);
                    }
                }
            }
            assertThat(mask.area()).isEqualTo(area);
            if (area == 0) {
                assertThat(mask.bounds()).isEmpty();
            } else {
                assertThat(mask.bounds()).contains(new Box(left, top, right, bottom));
            }
            Mask copy = Mask.ofRuns(map.height(), map.width(), mask.runs());
            assertThat(copy).isEqualTo(mask).hasSameHashCodeAs(mask);
        });
    }

    @Test
    void boundsOfARunOverColumnsReachFromTopToBottom() {
        assertThat(Mask.ofRuns(4, 3, 3, 2, 7).bounds()).contains(new Box(0, 0, 2, 4));
        assertThat(Mask.ofRuns(4, 3, 1, 2, 9).bounds()).contains(new Box(0, 1, 1, 3));
        assertThat(Mask.ofRuns(4, 3, 4, 0, 8).bounds()).isEmpty();
    }

    @Test
    void refusesRunsThatDoNotFill() {
        assertThatThrownBy(() -> Mask.ofRuns(2, 2, 1, 2)).hasMessage("mask: runs of 3 pixels do not fill 2x2");
        assertThatThrownBy(() -> Mask.ofRuns(2, 2, 5, -1)).hasMessage("mask: run -1 is negative");
        assertThatThrownBy(() -> Mask.ofRuns(0, 2, 0)).hasMessage("mask: runs of 0 pixels do not fill 0x2");
        assertThatThrownBy(() -> LabelMap.of(2, 2, new byte[3])).hasMessage("label map: 3 values do not make 2x2");
        assertThatThrownBy(() -> LabelMap.of(0, 2, new byte[0])).hasMessage("label map: 0 values do not make 0x2");
        assertThat(Mask.ofRuns(1, 2, 1, 1))
                .isNotEqualTo(Mask.ofRuns(2, 1, 1, 1))
                .isNotEqualTo(Mask.ofRuns(1, 2, 0, 2));
    }

    @Test
    void mapsMoveLikePictures() {
        assertThat(MAP.at(1, 2)).isEqualTo(LabelMap.IGNORE);
        assertThat(MAP.flipped()).isEqualTo(LabelMap.of(2, 3, new byte[] {1, 1, 0, -1, 1, 2}));
        assertThat(MAP.window(-1, 1, 2, 3, 9)).isEqualTo(LabelMap.of(2, 3, new byte[] {9, 9, 9, 1, 1, 9}));
        assertThat(MAP.window(1, -2, 2, 3, 9)).isEqualTo(LabelMap.of(2, 3, new byte[] {9, 9, 2, 9, 9, 9}));
        assertThat(MAP.resized(4, 3)).isEqualTo(LabelMap.of(4, 3, new byte[] {0, 1, 1, 0, 1, 1, 2, 1, -1, 2, 1, -1}));
        assertThat(MAP.resized(1, 1)).isEqualTo(LabelMap.of(1, 1, new byte[] {1}));
        assertThat(MAP.resized(2, 2)).isEqualTo(LabelMap.of(2, 2, new byte[] {0, 1, 2, -1}));
        assertThat(MAP).hasToString("LabelMap[2x3]").isNotEqualTo(LabelMap.of(3, 2, MAP.data()));
        assertThat(LabelMap.of(2, 3, MAP.data().clone())).isEqualTo(MAP).hasSameHashCodeAs(MAP);
    }

    @Test
    void boxesMoveLikePictures() {
        Box box = new Box(2, 3, 6, 10);
        assertThat(box.area()).isEqualTo(28);
        assertThat(box.flipped(20)).isEqualTo(new Box(14, 3, 18, 10));
        assertThat(box.scaled(2, 0.5f)).isEqualTo(new Box(1, 6, 3, 20));
        assertThat(box.window(4, 3, 5, 2)).isEqualTo(new Box(0, 0, 2, 5));
        assertThat(box.window(1, 1, 50, 50)).isEqualTo(new Box(1, 2, 5, 9));
        assertThat(box.window(50, 50, 5, 5).area()).isZero();
        assertThatThrownBy(() -> new Box(2, 0, 1, 1))
                .hasMessage("box: corners are in the wrong order: 2.0 0.0 1.0 1.0");
        assertThatThrownBy(() -> new Box(0, 1, 1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Box(Float.NaN, 0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest(name = "{0}x{1} to {2}x{3}")
    @CsvSource({ // Pillow 9.4.0: Image.fromarray(arange(h * w).reshape(h, w)).resize((w', h'), NEAREST)
        "5, 7, 3, 4, 0 2 4 6 14 16 18 20 28 30 32 34",
        "3, 4, 4, 9, 0 0 1 1 2 2 2 3 3 4 4 5 5 6 6 6 7 7 4 4 5 5 6 6 6 7 7 8 8 9 9 10 10 10 11 11",
        "1, 10, 1, 3, 1 5 8",
        "6, 1, 2, 1, 1 4",
        "4, 6, 8, 3, 1 3 5 1 3 5 7 9 11 7 9 11 13 15 17 13 15 17 19 21 23 19 21 23"
    })
    void resizedMapsEqualPillows(int height, int width, int newHeight, int newWidth, String expected) {
        byte[] data = new byte[height * width];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) i;
        }
        LabelMap resized = LabelMap.of(height, width, data).resized(newHeight, newWidth);
        StringJoiner values = new StringJoiner(" ");
        for (byte value : resized.data()) {
            values.add(String.valueOf(value));
        }
        assertThat(values).hasToString(expected);
        assertThat(List.of(resized.height(), resized.width())).containsExactly(newHeight, newWidth);
    }
}
