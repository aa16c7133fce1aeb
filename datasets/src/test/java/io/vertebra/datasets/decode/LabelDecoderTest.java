package io.vertebra.datasets.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Pictures;
import io.vertebra.datasets.Shared;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Size;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelDecoderTest {

    private final LabelDecoder decoder = new LabelDecoder();

    @TempDir
    private Path root;

    /** A PNG whose palette makes every index the same colour, or one of true gray. */
    private static byte[] png(LabelMap map, int bits, boolean palette, boolean interlaced) throws IOException {
        byte[] colours = new byte[1 << bits];
        if (!palette) {
            for (int i = 0; i < colours.length; i++) {
                colours[i] = (byte) (255 * i / (colours.length - 1));
            }
        }
        IndexColorModel model = new IndexColorModel(bits, colours.length, colours, colours, colours);
        BufferedImage image = bits == 8 && !palette
                ? new BufferedImage(map.width(), map.height(), BufferedImage.TYPE_BYTE_GRAY)
                : new BufferedImage(
                        map.width(),
                        map.height(),
                        bits == 8 ? BufferedImage.TYPE_BYTE_INDEXED : BufferedImage.TYPE_BYTE_BINARY,
                        model);
        for (int y = 0; y < map.height(); y++) {
            for (int x = 0; x < map.width(); x++) {
                image.getRaster().setSample(x, y, 0, map.at(y, x));
            }
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
        ImageWriteParam settings = writer.getDefaultWriteParam();
        settings.setProgressiveMode(interlaced ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), settings);
        }
        writer.dispose();
        return bytes.toByteArray();
    }

    @ParameterizedTest(name = "{0} bits, palette {1}, interlaced {2}")
    @CsvSource({
        "1, true, false",
        "2, true, false",
        "4, true, false",
        "8, true, false",
        "8, true, true",
        "1, false, false",
        "2, false, false",
        "4, false, true",
        "8, false, false",
        "8, false, true"
    })
    void takesTheNumbersAsTheyAreStored(int bits, boolean palette, boolean interlaced) throws IOException {
        Random random = new Random(bits);
        byte[] data = new byte[13 * 11];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) random.nextInt(1 << bits);
        }
        LabelMap map = LabelMap.of(13, 11, data);
        byte[] file = png(map, bits, palette, interlaced);
        assertThat(file[25]).isEqualTo((byte) (palette ? 3 : 0)); // the colour type is what the test is about
        assertThat(file[24]).isEqualTo((byte) bits);
        assertThat(file[28]).isEqualTo((byte) (interlaced ? 1 : 0));
        Path path = Pictures.write(root.resolve("a.png"), file);
        assertThat(decoder.read(path)).isEqualTo(map);
        assertThat(decoder.read(path, new Size(13, 11))).isEqualTo(map);
    }

    @Test
    void readsTheControls() {
        for (String name : new String[] {"ok", "ok_gray"}) {
            LabelMap map = decoder.read(Shared.file("data/bad_inputs/segmentation/labels/" + name + ".png"));
            assertThat(map.height()).isEqualTo(24);
            assertThat(map.width()).isEqualTo(32);
            assertThat(counts(map)).isEqualTo(Map.of(0, 192, 1, 192, 2, 192, 3, 192));
        }
    }

    @Test
    void readsRealPalettesByNumber() {
        LabelMap map = decoder.read(Shared.file("data/voc_sample/labels_only/2007_000032.png"));
        assertThat(counts(map)).containsOnlyKeys(0, 1, 15, 255); // aeroplanes and persons
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "rgb_label.png | is RGB; a label map must be gray or have a palette, one class number a pixel",
                "rgba_label.png | is RGBA; a label map must be gray or have a palette, one class number a pixel",
                "label_16bit.png | has 16 bits a pixel; a label map has at most 8",
                "jpeg_label.jpg | is a JPEG, which smears the numbers of classes; a label map must be a PNG",
                "none.png | does not exist"
            })
    void refusesWhatHoldsNoClassNumbers(String name, String reason) {
        Path file = Shared.file("data/bad_inputs/segmentation/labels/" + name);
        assertThatThrownBy(() -> decoder.read(file))
                .isInstanceOf(DatasetException.class)
                .hasMessage(file + ": " + reason);
    }

    @Test
    void refusesOtherFormatsAndGrayWithAlpha() throws IOException {
        Path bmp = Pictures.write(root.resolve("a.png"), Pictures.encode(".bmp", Pictures.plain(2, 2, 1, 2, 3)));
        assertThatThrownBy(() -> decoder.read(bmp)).hasMessage(bmp + ": is a BMP; a label map must be a PNG");
        byte[] grayAlpha = HexFormat.of() // 1x1, colour type 4, made with zlib and its CRCs
                .parseHex("89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000"
                        + "000b49444154789c6360640200000700047649e3280000000049454e44ae426082");
        Path file = Pictures.write(root.resolve("b.png"), grayAlpha);
        assertThatThrownBy(() -> decoder.read(file))
                .hasMessage(file + ": is gray with alpha; a label map must be gray or have a palette, "
                        + "one class number a pixel");
    }

    @ParameterizedTest(name = "{0}x{1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "3 | 2 | is transposed: it has 3x2, its picture has 2x3",
                "2 | 4 | has another size than its picture: it has 3x2, its picture has 4x2",
                "4 | 3 | has another size than its picture: it has 3x2, its picture has 3x4",
                "3 | 3 | has another size than its picture: it has 3x2, its picture has 3x3"
            })
    void comparesSizesBeforeItDecodes(int height, int width, String reason) throws IOException {
        byte[] file = png(LabelMap.of(2, 3, new byte[6]), 8, false, false);
        Path path = Pictures.write(root.resolve("a.png"), file);
        assertThatThrownBy(() -> decoder.read(path, new Size(height, width))).hasMessage(path + ": " + reason);
    }

    @Test
    void refusesDamage() throws IOException {
        byte[] file = png(LabelMap.of(9, 9, new byte[81]), 8, true, false);
        Path cut = Pictures.write(root.resolve("a.png"), Arrays.copyOf(file, file.length - 20));
        assertThatThrownBy(() -> decoder.read(cut))
                .isInstanceOf(DatasetException.class)
                .hasMessageStartingWith(cut + ": ");
        Path bomb = Shared.file("data/bad_inputs/images/bomb_header_60000x60000.png");
        assertThatThrownBy(() -> decoder.read(bomb)).hasMessageContaining("3600 megapixels");
    }

    /** How often each value occurs. */
    private static Map<Integer, Integer> counts(LabelMap map) {
        Map<Integer, Integer> counts = new TreeMap<>();
        for (byte value : map.data()) {
            counts.merge(value & 0xFF, 1, Integer::sum);
        }
        return counts;
    }
}
