package io.vertebra.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.Instance;
import io.vertebra.datasets.Palette;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Box;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Raster;
import io.vertebra.tasks.Labels;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TruthPictureTest {
    private static final int SIDE = 400;
    private static final Labels LABELS =
            new Labels(List.of("road", "sky"), new Palette(List.of(0x000000, 0x00FF00, 0x0000FF)));

    private static BufferedImage drawn(Annotations truth) {
        byte[] gray = new byte[3 * SIDE * SIDE];
        Arrays.fill(gray, (byte) 100);
        return TruthPicture.of(new Sample("a", Raster.of(SIDE, SIDE, 3, gray), 0, truth), LABELS, LABELS);
    }

    private static int at(BufferedImage image, int x, int y) {
        return image.getRGB(x, y) & 0xFFFFFF;
    }

    @Test
    void leavesAPictureWithoutTruthAlone() {
        BufferedImage image = drawn(Annotations.NONE);
        assertThat(image.getWidth()).isEqualTo(SIDE);
        assertThat(at(image, 0, 0)).isEqualTo(0x646464);
    }

    @Test
    void tintsPixelsByTheirClassesAndStripesIgnoredOnes() {
        byte[] map = new byte[SIDE * SIDE];
        Arrays.fill(map, SIDE * 100, SIDE * 200, (byte) 1);
        Arrays.fill(map, SIDE * 200, SIDE * SIDE, (byte) 255);
        BufferedImage image = drawn(Annotations.of(LabelMap.of(SIDE, SIDE, map)));
        assertThat(at(image, 50, 50)).isEqualTo(0x323232);
        assertThat(at(image, 50, 150)).isEqualTo(0x32B132);
        assertThat(IntStream.range(0, 16).map(x -> at(image, x, 300)).boxed())
                .filteredOn(colour -> colour == 0xFFFFFF)
                .hasSize(2);
        assertThat(IntStream.range(0, 16).map(x -> at(image, x, 300)).boxed())
                .filteredOn(colour -> colour == 0x646464)
                .hasSize(14);
    }

    private static Instance object(float x1, int label, boolean crowd, boolean difficult) {
        Instance plain = new Instance(1, label, new Box(x1, 100, x1 + 80, 300));
        return new Instance(plain.id(), plain.label(), plain.box(), plain.silhouette(), crowd, difficult, plain.area());
    }

    private static long coloured(BufferedImage image, int x, int colour) {
        return IntStream.range(150, 300).filter(y -> at(image, x, y) == colour).count();
    }

    @Test
    void framesObjectsInTheColoursBehindTheFirst() {
        BufferedImage image = drawn(Annotations.of(List.of(
                object(50, 0, false, false),
                object(150, 1, false, false),
                object(250, 1, true, false),
                object(310, 0, false, true))));
        assertThat(coloured(image, 50, 0x00FF00)).isEqualTo(150);
        assertThat(coloured(image, 130, 0x00FF00)).isEqualTo(150);
        assertThat(coloured(image, 150, 0x0000FF)).isEqualTo(150);
        assertThat(coloured(image, 250, 0x0000FF)).as("dashed").isBetween(60L, 110L);
        assertThat(coloured(image, 310, 0x00FF00)).as("dashed").isBetween(60L, 110L);
        assertThat(at(image, 90, 250)).isEqualTo(0x646464);
        assertThat(at(image, 52, 108)).as("the ground of the name").isNotEqualTo(0x646464);
    }

    @Test
    void enlargesSmallPicturesAndTheirBoxes() {
        byte[] black = new byte[3 * 40 * 20];
        Annotations truth = Annotations.of(List.of(new Instance(1, 0, new Box(10, 10, 30, 18))));
        BufferedImage image = TruthPicture.of(new Sample("a", Raster.of(20, 40, 3, black), 0, truth), LABELS, LABELS);
        assertThat(image.getWidth()).isEqualTo(320);
        assertThat(image.getHeight()).isEqualTo(160);
        assertThat(IntStream.range(0, 320)
                        .filter(x -> at(image, x, 120) == 0x00FF00)
                        .boxed())
                .containsExactly(80, 240);
    }
}
