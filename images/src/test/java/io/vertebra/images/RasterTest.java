package io.vertebra.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RasterTest {

    private static final Raster SMALL = Raster.of(2, 3, 1, new byte[] {1, 2, 3, 4, 5, 6});

    @Test
    void readsUnsignedSamples() {
        Raster image = Raster.of(1, 2, 3, new byte[] {1, 2, 3, 4, 5, -1});
        assertThat(image.at(0, 1, 2)).isEqualTo(255);
        assertThat(image.at(0, 1, 0)).isEqualTo(4);
        assertThat(SMALL.at(1, 2, 0)).isEqualTo(6);
        assertThat(SMALL.size()).isEqualTo(new Size(2, 3));
    }

    @Test
    void mirrorsPixelsNotSamples() {
        assertThat(SMALL.flipped().data()).containsExactly(3, 2, 1, 6, 5, 4);
        assertThat(Raster.of(1, 2, 3, new byte[] {1, 2, 3, 4, 5, 6}).flipped().data())
                .containsExactly(4, 5, 6, 1, 2, 3);
    }

    /** Where EXIF says row 0 and column 0 lie. */
    @ParameterizedTest
    @CsvSource({
        "1, 1 2 3 4 5 6", "2, 3 2 1 6 5 4", "3, 6 5 4 3 2 1", "4, 4 5 6 1 2 3",
        "5, 1 4 2 5 3 6", "6, 4 1 5 2 6 3", "7, 6 3 5 2 4 1", "8, 3 6 2 5 1 4"
    })
    void orientationsAreTheEightOfTheSquare(int orientation, String wanted) {
        Raster upright = SMALL.upright(orientation);
        assertThat(upright.size()).isEqualTo(orientation < 5 ? new Size(2, 3) : new Size(3, 2));
        assertThat(Arrays.toString(upright.data())).isEqualTo("[" + wanted.replace(" ", ", ") + "]");

        byte[] colours = new byte[18];
        for (int i = 0; i < 18; i++) {
            colours[i] = (byte) (10 * SMALL.data()[i / 3] + i % 3);
        }
        Raster coloured = Raster.of(2, 3, 3, colours).upright(orientation);
        for (int i = 0; i < 18; i++) {
            assertThat(coloured.data()[i]).isEqualTo((byte) (10 * upright.data()[i / 3] + i % 3));
        }
    }

    @TestFactory
    Stream<DynamicTest> windowTakesEachPixelOrBlack() {
        return Cases.seeded(100, random -> {
            Raster image = Cases.raster(random, random.nextBoolean() ? 3 : 1);
            int top = random.nextInt(100) - 50;
            int left = random.nextInt(100) - 50;
            Raster window = image.window(top, left, 1 + random.nextInt(60), 1 + random.nextInt(60));
            for (int y = 0; y < window.height(); y++) {
                for (int x = 0; x < window.width(); x++) {
                    for (int c = 0; c < image.channels(); c++) {
                        boolean inside =
                                top + y >= 0 && top + y < image.height() && left + x >= 0 && left + x < image.width();
                        assertThat(window.at(y, x, c)).isEqualTo(inside ? image.at(top + y, left + x, c) : 0);
                    }
                }
            }
        });
    }

    @Test
    void windowOfEverythingIsThePictureItself() {
        assertThat(SMALL.window(0, 0, 2, 3)).isSameAs(SMALL);
    }

    @ParameterizedTest
    @CsvSource({"10, 7, 2", "11, 8, 2", "9, 8, 0", "13, 8, 2", "7, 10, -1", "6, 10, -2", "8, 8, 0"})
    void cropsStartWhereTorchvisionStartsThem(
            int side, int crop, int start) { // int(round((side - crop) / 2.0)), padding // 2
        assertThat(Raster.cropStart(side, crop)).isEqualTo(start);
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 1, 0", "1, 0, 1, 0", "1, 1, 2, 2", "1, 1, 4, 4", "2, 2, 1, 3", "65536, 65536, 1, 0"})
    void refusesWhatIsNoPicture(int height, int width, int channels, int length) {
        assertThatThrownBy(() -> Raster.of(height, width, channels, new byte[length]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("raster: %d samples do not make %dx%d with %d channels (1 or 3)"
                        .formatted(length, height, width, channels));
    }

    @Test
    void isEqualByContent() {
        Raster same = Raster.of(2, 3, 1, SMALL.data().clone());
        assertThat(same).isEqualTo(SMALL).hasSameHashCodeAs(SMALL);
        assertThat(Raster.of(3, 2, 1, SMALL.data())).isNotEqualTo(SMALL);
        assertThat(Raster.of(1, 6, 1, SMALL.data())).isNotEqualTo(Raster.of(1, 2, 3, SMALL.data()));
        assertThat(SMALL.flipped()).isNotEqualTo(SMALL);
        assertThat(SMALL).hasToString("Raster[2x3x1]");
    }

    @Test
    void sizesAreAtLeastOne() {
        assertThat(new Size(1, 2)).hasToString("1x2");
        assertThatThrownBy(() -> new Size(0, 2)).hasMessage("size: height and width must be at least 1, are 0 and 2");
        assertThatThrownBy(() -> new Size(2, 0)).hasMessage("size: height and width must be at least 1, are 2 and 0");
    }
}
