package io.vertebra.tasks.segmentation;

import static io.vertebra.tasks.Scenes.map;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.Palette;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Raster;
import io.vertebra.tasks.Labels;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class SegmentationPredictionTest {
    private static final Labels LABELS =
            new Labels(List.of("ground", "sky", "tree"), new Palette(List.of(0x000000, 0x0000FF, 0x00FF00)));
    private static final SegmentationPrediction PREDICTION =
            new SegmentationPrediction(map(2, 4, 2, 2, 2, 2, 2, 0, 0, 255), LABELS);

    @Test
    void namesTheClassesByTheirShare() {
        assertThat(PREDICTION.summary()).isEqualTo("tree 62.5 %, ground 25.0 %");
        assertThat(PREDICTION.columns()).containsExactly("label", "label_name", "pixels", "share");
        assertThat(PREDICTION.rows())
                .containsExactly(List.of("2", "tree", "5", "0.625000"), List.of("0", "ground", "2", "0.250000"));
        assertThat(PREDICTION.values())
                .isEqualTo(Map.of(
                        "classes",
                        List.of(
                                Map.of("label", 2, "label_name", "tree", "pixels", 5L, "share", 0.625),
                                Map.of("label", 0, "label_name", "ground", "pixels", 2L, "share", 0.25))));
    }

    @Test
    void theSummaryNamesFive() {
        Labels seven = Labels.of(List.of("a", "b", "c", "d", "e", "f", "g"));
        assertThat(new SegmentationPrediction(map(1, 7, 0, 1, 2, 3, 4, 5, 6), seven).summary())
                .isEqualTo("a 14.3 %, b 14.3 %, c 14.3 %, d 14.3 %, e 14.3 %");
    }

    @Test
    void theMapIsAFileOfItsOwn() throws IOException {
        Map<String, byte[]> files = PREDICTION.files();
        assertThat(files).containsOnlyKeys(".labels.png");
        BufferedImage read = ImageIO.read(new ByteArrayInputStream(files.get(".labels.png")));
        assertThat(read.getColorModel()).isInstanceOf(IndexColorModel.class);
        byte[] indices = (byte[]) read.getRaster().getDataElements(0, 0, 4, 2, null);
        assertThat(indices).isEqualTo(PREDICTION.map().data());
        assertThat(read.getRGB(0, 0)).isEqualTo(0xFF00FF00);
        assertThat(read.getRGB(1, 1)).isEqualTo(0xFF000000);
        assertThat(((IndexColorModel) read.getColorModel()).getRGB(4) & 0xFFFFFF)
                .isEqualTo(0x0000FF);
    }

    /** A grey photo of 300 x 240 and a map that is sky left, tree right, and ignored at the top. */
    private static BufferedImage drawn(Annotations truth) {
        byte[] grey = new byte[300 * 240 * 3];
        Arrays.fill(grey, (byte) 100);
        byte[] map = new byte[300 * 240];
        for (int i = 0; i < map.length; i++) {
            map[i] = (byte) (i < 300 * 40 ? 255 : i % 300 < 150 ? 1 : 2);
        }
        return new SegmentationPrediction(LabelMap.of(240, 300, map), LABELS).draw(Raster.of(240, 300, 3, grey), truth);
    }

    private static int rgb(BufferedImage image, int x, int y) {
        return image.getRGB(x, y) & 0xFFFFFF;
    }

    @Test
    void blendsTheColoursOverThePhotoAndNamesThem() {
        BufferedImage image = drawn(Annotations.NONE);
        assertThat(image.getWidth()).isEqualTo(300);
        assertThat(image.getHeight()).isEqualTo(240 + 8 + 2 * 22 + 8); // one class a row: 300 / 160 is 1
        assertThat(rgb(image, 10, 10)).isEqualTo(0x646464); // ignored: the photo
        assertThat(rgb(image, 10, 200)).isEqualTo(0x2828C1); // 0.4 of 100, 0.6 of 255
        assertThat(rgb(image, 290, 200)).isEqualTo(0x28C128);
        assertThat(rgb(image, 10, 248 + 11)).isEqualTo(0x0000FF); // the legend
        assertThat(rgb(image, 10, 248 + 22 + 11)).isEqualTo(0x00FF00);
        assertThat(rgb(image, 2, 248 + 3)).isEqualTo(0x222B3A); // frame
        assertThat(ink(image, 24, 248, 130, 22)).isTrue();
        assertThat(ink(image, 160, 248, 130, 44)).isFalse();
    }

    private static boolean ink(BufferedImage image, int left, int top, int width, int height) {
        for (int y = top; y < top + height; y++) {
            for (int x = left; x < left + width; x++) {
                if ((image.getRGB(x, y) & 0xFF) < 128) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void theTruthStandsBeside() {
        byte[] ground = new byte[300 * 240];
        BufferedImage image = drawn(Annotations.of(LabelMap.of(240, 300, ground)));
        assertThat(image.getWidth()).isEqualTo(608);
        assertThat(rgb(image, 10, 200)).isEqualTo(0x2828C1);
        assertThat(rgb(image, 308 + 10, 200)).isEqualTo(0x282828); // black over the photo
        assertThat(rgb(image, 304, 100)).isEqualTo(0xFFFFFF); // between them
        assertThat(image.getHeight()).isEqualTo(240 + 8 + 22 + 8); // three classes in one row
        assertThat(rgb(image, 10, 248 + 11)).isEqualTo(0x000000); // ground, sky, tree: in the order of the classes
        assertThat(rgb(image, 170, 248 + 11)).isEqualTo(0x0000FF);
        assertThat(rgb(image, 330, 248 + 11)).isEqualTo(0x00FF00);
    }

    @Test
    void theSmallestAndTheLongestPhotoAreDrawn() {
        BufferedImage pixel = new SegmentationPrediction(map(1, 1, 1), LABELS)
                .draw(Raster.of(1, 1, 3, new byte[3]), Annotations.NONE);
        assertThat(pixel.getWidth()).isEqualTo(240);
        assertThat(rgb(pixel, 120, 120)).isEqualTo(0x000099);
        BufferedImage line = new SegmentationPrediction(LabelMap.of(1, 20_000, new byte[20_000]), LABELS)
                .draw(Raster.of(1, 20_000, 3, new byte[60_000]), Annotations.NONE);
        assertThat(line.getWidth()).isEqualTo(1024);
        assertThat(line.getHeight()).isEqualTo(1 + 8 + 22 + 8);
        BufferedImage column = new SegmentationPrediction(LabelMap.of(20_000, 1, new byte[20_000]), LABELS)
                .draw(Raster.of(20_000, 1, 3, new byte[60_000]), Annotations.NONE);
        assertThat(column.getWidth()).isEqualTo(1);
    }
}
