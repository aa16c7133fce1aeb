package io.vertebra.tasks.pictures;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.images.LabelMap;
import io.vertebra.images.Raster;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PicturesTest {
    private static final byte[] RED_GREEN = {(byte) 250, 1, 2, 3, (byte) 251, 4};

    private static BufferedImage read(byte[] file) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(file));
    }

    @Test
    void keepsColours() {
        BufferedImage image = Pictures.of(Raster.of(1, 2, 3, RED_GREEN));
        assertThat(image.getRGB(0, 0) & 0xFFFFFF).isEqualTo(0xFA0102);
        assertThat(image.getRGB(1, 0) & 0xFFFFFF).isEqualTo(0x03FB04);
        BufferedImage grey = Pictures.of(Raster.of(1, 1, 1, new byte[] {7}));
        assertThat(grey.getRGB(0, 0) & 0xFFFFFF).isEqualTo(0x070707);
    }

    @Test
    void pngLosesNothingJpegLittle() throws IOException {
        BufferedImage image = Pictures.of(Raster.of(1, 2, 3, RED_GREEN));
        assertThat(read(Pictures.png(image)).getRGB(1, 0) & 0xFFFFFF).isEqualTo(0x03FB04);
        BufferedImage plain = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
        plain.createGraphics().fillRect(0, 0, 16, 16);
        byte[] jpeg = Pictures.jpeg(plain);
        assertThat(jpeg).startsWith(0xFF, 0xD8);
        assertThat(read(jpeg).getRGB(8, 8) & 0xFFFFFF).isEqualTo(0xFFFFFF);
    }

    @Test
    void fitsTheLongerSide() {
        BufferedImage wide = new BufferedImage(300, 100, BufferedImage.TYPE_INT_RGB);
        assertThat(Pictures.fit(wide, 60).getWidth()).isEqualTo(60);
        assertThat(Pictures.fit(wide, 60).getHeight()).isEqualTo(20);
        assertThat(Pictures.fit(wide, 600).getHeight()).isEqualTo(200);
        BufferedImage line = new BufferedImage(2000, 1, BufferedImage.TYPE_INT_RGB);
        assertThat(Pictures.fit(line, 100).getHeight()).isEqualTo(1);
    }

    @Test
    void aSmallCopyIsAnAverage() {
        BufferedImage stripes = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 64; y++) {
            for (int x = 0; x < 64; x++) {
                stripes.setRGB(x, y, x % 2 == 0 ? 0xFFFFFF : 0);
            }
        }
        assertThat(Pictures.fit(stripes, 8).getRGB(4, 4) & 0xFF).isBetween(120, 136);
    }

    @Test
    void textsAreCutToTheirWidth() {
        assertThat(Canvas.hasFonts()).isTrue(); // this machine's Java has some; without, texts are left out
        assertThat(Canvas.fitted("short", 12, 500)).isEqualTo("short");
        String cut = Canvas.fitted("a long name of a class", 12, 60);
        assertThat(cut).startsWith("a l").endsWith("…");
        assertThat(Canvas.width(cut, 12)).isLessThanOrEqualTo(60);
        assertThat(Canvas.fitted("any", 12, 0)).isEqualTo("…");
    }

    @Test
    void drawsWhereItIsTold() {
        try (Canvas canvas = new Canvas(40, 30, Color.WHITE)) {
            canvas.fill(2, 3, 4, 5, Color.RED).frame(10, 10, 8, 6, Color.BLUE);
            BufferedImage dot = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
            canvas.image(dot, 30, 20);
            BufferedImage image = canvas.image();
            assertThat(image.getRGB(2, 3) & 0xFFFFFF).isEqualTo(0xFF0000);
            assertThat(image.getRGB(5, 7) & 0xFFFFFF).isEqualTo(0xFF0000);
            assertThat(image.getRGB(6, 7) & 0xFFFFFF).isEqualTo(0xFFFFFF);
            assertThat(image.getRGB(14, 13) & 0xFFFFFF).isEqualTo(0xFFFFFF);
            assertThat(image.getRGB(30, 20) & 0xFFFFFF).isZero();
        }
    }

    @Test
    void textEndsAndCentresWhereItIsTold() {
        assertThat(inkBetween(c -> c.text("HHHH", 50, 20, 12, Color.BLACK))[0]).isBetween(50, 53);
        assertThat(inkBetween(c -> c.textEndingAt("HHHH", 50, 20, 12, Color.BLACK))[1])
                .isBetween(46, 50);
        int[] centred = inkBetween(c -> c.textAround("HHHH", 50, 20, 12, Color.BLACK));
        assertThat((centred[0] + centred[1]) / 2).isBetween(48, 52);
    }

    /** The first and last column that is not white. */
    private static int[] inkBetween(java.util.function.Consumer<Canvas> drawing) {
        try (Canvas canvas = new Canvas(100, 30, Color.WHITE)) {
            drawing.accept(canvas);
            int first = 100;
            int last = -1;
            for (int x = 0; x < 100; x++) {
                for (int y = 0; y < 30; y++) {
                    if ((canvas.image().getRGB(x, y) & 0xFF) < 128) {
                        first = Math.min(first, x);
                        last = Math.max(last, x);
                    }
                }
            }
            return new int[] {first, last};
        }
    }

    @Test
    void onlyTooSmallAndTooLargePicturesChange() {
        BufferedImage image = new BufferedImage(300, 100, BufferedImage.TYPE_INT_RGB);
        assertThat(Pictures.within(image, 300, 400)).isSameAs(image);
        assertThat(Pictures.within(image, 200, 300)).isSameAs(image);
        assertThat(Pictures.within(image, 600, 900).getWidth()).isEqualTo(600);
        assertThat(Pictures.within(image, 30, 60).getHeight()).isEqualTo(20);
        assertThat(Drawing.thumbnail(image, 30).image().getHeight()).isEqualTo(10);
        assertThat(Drawing.thumbnail(image, 30).format()).isEqualTo(Drawing.Format.JPEG);
    }

    @Test
    void indicesSurviveAPaletteFile() throws IOException {
        LabelMap map = LabelMap.of(2, 2, new byte[] {0, 2, 3, (byte) 255});
        BufferedImage read = read(Pictures.indexed(map, List.of(0x102030, 0x405060, 0x708090)));
        assertThat((byte[]) read.getRaster().getDataElements(0, 0, 2, 2, null)).isEqualTo(map.data());
        assertThat(read.getRGB(0, 0)).isEqualTo(0xFF102030);
        assertThat(read.getRGB(1, 0)).isEqualTo(0xFF708090);
        assertThat(read.getRGB(0, 1)).isEqualTo(0xFF102030); // the colours begin anew
        assertThat(read.getRGB(1, 1)).isEqualTo(0xFF102030);
    }

    @Test
    void outlinesAreDrawnThroughOrDashed() {
        try (Canvas canvas = new Canvas(100, 60, Color.WHITE)) {
            canvas.outline(10, 10, 30, 40, 3, Color.RED, false).outline(60, 10, 30, 40, 3, Color.BLUE, true);
            BufferedImage image = canvas.image();
            int red = 0;
            int blue = 0;
            for (int y = 14; y < 46; y++) {
                red += (image.getRGB(10, y) & 0xFFFFFF) == 0xFF0000 ? 1 : 0;
                blue += (image.getRGB(60, y) & 0xFFFFFF) == 0x0000FF ? 1 : 0;
            }
            assertThat(red).isEqualTo(32);
            assertThat(blue).isBetween(12, 24);
            assertThat(image.getRGB(9, 30) & 0xFFFFFF).isEqualTo(0xFF0000); // three pixels wide
            assertThat(image.getRGB(40, 30) & 0xFFFFFF).isEqualTo(0xFF0000);
            assertThat(image.getRGB(25, 50) & 0xFFFFFF).isEqualTo(0xFF0000);
            assertThat(image.getRGB(25, 30) & 0xFFFFFF).isEqualTo(0xFFFFFF);
        }
    }
}
