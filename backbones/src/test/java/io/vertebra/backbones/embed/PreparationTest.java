package io.vertebra.backbones.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.backbones.weights.Preprocessing;
import io.vertebra.images.Interpolation;
import io.vertebra.images.Normalization;
import io.vertebra.images.Raster;
import io.vertebra.images.Resampling;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PreparationTest {

    @Test
    void isWhatImageNetsNetworksWant() {
        assertThat(Preparation.imageNet(224))
                .isEqualTo(new Preparation(256, 224, Interpolation.BILINEAR, Normalization.IMAGENET));
    }

    @Test
    void isAsAWeightFileSays() {
        List<Double> half = List.of(0.5, 0.25, 0.125);
        assertThat(Preparation.of(new Preprocessing(299, half, half, "bicubic", 0.897)))
                .isEqualTo(new Preparation(333, 299, Interpolation.BICUBIC, new Normalization(half, half)));
        assertThat(Preparation.of(new Preprocessing(224, half, half, "bilinear", 1))
                        .resize())
                .isEqualTo(224);
    }

    @Test
    void anotherSizeShowsTheSamePart() {
        Preparation usual = new Preparation(256, 224, Interpolation.BICUBIC, Normalization.IMAGENET);
        assertThat(usual.withSize(112))
                .isEqualTo(new Preparation(128, 112, Interpolation.BICUBIC, Normalization.IMAGENET));
        assertThat(usual.withSize(448).resize()).isEqualTo(512);
    }

    @Test
    void resizesTheShortSideAndCutsTheMiddle() {
        byte[] data = new byte[3 * 20 * 30];
        new Random(1).nextBytes(data);
        Raster photo = Raster.of(20, 30, 3, data);
        Raster resized = Resampling.resize(photo, 10, 15, Interpolation.BICUBIC);

        Raster square = new Preparation(10, 8, Interpolation.BICUBIC, Normalization.IMAGENET).cut(photo);

        assertThat(square).isEqualTo(resized.window(1, 4, 8, 8)); // 3.5 is rounded to even
    }

    @Test
    void refusesAPhotoThatIsTooLongForItsWidth() {
        Preparation usual = Preparation.imageNet(224);
        Raster panorama = Raster.of(1000, 1, 1, new byte[1000]); // up to 2730 are allowed
        assertThat(usual.cut(panorama).size()).hasToString("224x224");
        for (Raster photo :
                List.of(Raster.of(2731, 1, 1, new byte[2731]), Raster.of(1, 1 << 24, 1, new byte[1 << 24]))) {
            assertThatThrownBy(() -> usual.cut(photo))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("picture: " + photo.size()
                            + " becomes larger than a picture may be when its short side is resized to 256");
        }
    }

    @Test
    void refusesASquareLargerThanThePicture() {
        assertThatThrownBy(() -> new Preparation(223, 224, Interpolation.BILINEAR, Normalization.IMAGENET))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "size: the square must be at least 1 and no larger than the short side, they are 224 and 223");
        assertThatThrownBy(() -> new Preparation(0, 0, Interpolation.BILINEAR, Normalization.IMAGENET))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(new Preparation(1, 1, Interpolation.BILINEAR, Normalization.IMAGENET).crop())
                .isEqualTo(1);
    }
}
