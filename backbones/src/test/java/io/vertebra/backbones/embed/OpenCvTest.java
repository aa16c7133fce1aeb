package io.vertebra.backbones.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.images.Raster;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.junit.jupiter.api.Test;

class OpenCvTest {

    private static Mat mat(int rows, int columns, int type, int... values) {
        Mat mat = new Mat(rows, columns, type);
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        mat.data().put(bytes);
        return mat;
    }

    private static Raster raster(Mat mat) {
        return ((Picture.Pixels) OpenCv.picture(mat)).raster();
    }

    private static Raster rgb(int height, int width, int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return Raster.of(height, width, 3, bytes);
    }

    @Test
    void turnsBlueGreenRedAround() {
        try (Mat mat = mat(1, 2, opencv_core.CV_8UC3, 1, 2, 3, 254, 255, 0)) {
            assertThat(raster(mat)).isEqualTo(rgb(1, 2, 3, 2, 1, 0, 255, 254));
        }
    }

    @Test
    void dropsAlphaAndRepeatsGray() {
        try (Mat mat = mat(2, 1, opencv_core.CV_8UC4, 1, 2, 3, 9, 4, 5, 6, 9);
                Mat gray = mat(1, 2, opencv_core.CV_8UC1, 7, 200)) {
            assertThat(raster(mat)).isEqualTo(rgb(2, 1, 3, 2, 1, 6, 5, 4));
            assertThat(raster(gray)).isEqualTo(rgb(1, 2, 7, 7, 7, 200, 200, 200));
        }
    }

    @Test
    void takesAPartOfALargerPicture() {
        try (Mat mat = mat(2, 3, opencv_core.CV_8UC1, 1, 2, 3, 4, 5, 6);
                Rect right = new Rect(1, 0, 2, 2);
                Mat part = new Mat(mat, right)) {
            assertThat(part.isContinuous()).isFalse();
            assertThat(raster(part)).isEqualTo(rgb(2, 2, 2, 2, 2, 3, 3, 3, 5, 5, 5, 6, 6, 6));
        }
    }

    @Test
    void refusesWhatIsNoPicture() {
        try (Mat empty = new Mat();
                Mat wide = new Mat(2, 2, opencv_core.CV_16UC3);
                Mat two = new Mat(2, 2, opencv_core.CV_8UC2);
                Mat cube = new Mat(new int[] {2, 2, 2}, opencv_core.CV_8UC1)) {
            assertThatThrownBy(() -> OpenCv.picture(empty))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("mat: must be a picture of type CV_8UC3, CV_8UC4 or CV_8UC1, is empty");
            assertThatThrownBy(() -> OpenCv.picture(wide)).hasMessageEndingWith("is of depth 2 with 3 channels");
            assertThatThrownBy(() -> OpenCv.picture(two)).hasMessageEndingWith("is of depth 0 with 2 channels");
            assertThatThrownBy(() -> OpenCv.picture(cube)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
