package io.vertebra.backbones.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.backbones.Shared;
import io.vertebra.images.Raster;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PhotosTest {
    @TempDir
    Path folder;

    /** A picture whose samples are all different: red is the row, green the column, blue their sum. */
    private static BufferedImage picture(int type) {
        BufferedImage image = new BufferedImage(3, 2, type);
        for (int y = 0; y < 2; y++) {
            for (int x = 0; x < 3; x++) {
                image.setRGB(x, y, 0xFF000000 | (40 * y + 8) << 16 | (48 * x + 16) << 8 | (40 * y + 48 * x + 24));
            }
        }
        return image;
    }

    private static void assertIsPicture(Raster raster) {
        assertThat(raster.size()).hasToString("2x3");
        for (int y = 0; y < 2; y++) {
            for (int x = 0; x < 3; x++) {
                assertThat(new int[] {raster.at(y, x, 0), raster.at(y, x, 1), raster.at(y, x, 2)})
                        .as("row %d, column %d", y, x)
                        .containsExactly(40 * y + 8, 48 * x + 16, 40 * y + 48 * x + 24);
            }
        }
    }

    private Path write(String name, BufferedImage image) throws IOException {
        Path file = folder.resolve(name);
        assertThat(ImageIO.write(image, name.substring(name.indexOf('.') + 1), file.toFile()))
                .isTrue();
        return file;
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                BufferedImage.TYPE_INT_RGB,
                BufferedImage.TYPE_INT_ARGB,
                BufferedImage.TYPE_INT_ARGB_PRE,
                BufferedImage.TYPE_INT_BGR,
                BufferedImage.TYPE_3BYTE_BGR,
                BufferedImage.TYPE_4BYTE_ABGR,
                BufferedImage.TYPE_4BYTE_ABGR_PRE
            })
    void takesEveryKindOfColourPicture(int type) {
        assertIsPicture(Photos.raster(picture(type)));
    }

    @Test
    void dropsAlphaAndKeepsTheColourBelow() {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, 0x01F0A050);
        assertThat(Photos.raster(image).data()).containsExactly(0xF0, 0xA0, 0x50);
    }

    @Test
    void repeatsGrayAsItIsStored() {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSample(0, 0, 0, 100);
        image.getRaster().setSample(1, 0, 0, 250);
        assertThat(Photos.raster(image).data()).containsExactly(100, 100, 100, 250, 250, 250);

        BufferedImage deep = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
        deep.getRaster().setSample(0, 0, 0, 0x1234);
        assertThat(Photos.raster(deep).data()).containsExactly(0x12, 0x12, 0x12);
    }

    @Test
    void looksPalettesUp() {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_INDEXED);
        image.setRGB(0, 0, 0xFF00FF00);
        image.setRGB(1, 0, 0xFFFF0000);
        assertThat(Photos.raster(image).data()).containsExactly(0, 255, 0, 255, 0, 0);
        BufferedImage few = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_565_RGB);
        few.setRGB(0, 0, 0xFFFFFFFF);
        assertThat(Photos.raster(few).data()).containsExactly(255, 255, 255);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.png", "a.bmp", "a.tif"})
    void readsFilesWithoutLoss(String name) throws IOException {
        assertIsPicture(Photos.read(write(name, picture(BufferedImage.TYPE_INT_RGB))));
    }

    @Test
    void turnsAPhotoOfAPhoneUpright() throws IOException {
        BufferedImage image = new BufferedImage(32, 16, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 16; y++) {
            for (int x = 0; x < 16; x++) {
                image.setRGB(x, y, 0xFFFFFF); // white on the left
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, "jpg", bytes)).isTrue();
        Path file = Files.write(
                folder.resolve("phone.jpg"), ExifBlockTest.withExif(bytes.toByteArray(), ExifBlockTest.tiff(true, 6)));

        Raster upright = Photos.read(file);

        assertThat(upright.size()).hasToString("32x16");
        assertThat(upright.at(2, 8, 0)).isGreaterThan(250); // and on top when it is upright
        assertThat(upright.at(29, 8, 0)).isLessThan(5);
    }

    @Test
    void saysInOneLineWhatItCannotRead() throws IOException {
        Path text = Files.writeString(folder.resolve("a.webp"), "RIFF....WEBPVP8 ");
        assertThatThrownBy(() -> Photos.read(text))
                .isInstanceOf(PictureException.class)
                .hasMessage(text
                        + ": is no picture that the JDK reads; decode it with OpenCV and hand in OpenCv.picture(mat)");
        Path cut = folder.resolve("cut.png");
        byte[] whole = Files.readAllBytes(write("whole.png", picture(BufferedImage.TYPE_INT_RGB)));
        Files.write(cut, java.util.Arrays.copyOf(whole, 45));
        assertThatThrownBy(() -> Photos.read(cut)).isInstanceOfSatisfying(PictureException.class, e -> {
            assertThat(e.file()).isEqualTo(cut);
            assertThat(e.reason())
                    .startsWith("cannot be decoded by the JDK (")
                    .endsWith("); decode it with OpenCV and hand in OpenCv.picture(mat)");
            assertThat(e).hasCauseInstanceOf(Exception.class);
        });
        Path missing = folder.resolve("missing.png");
        assertThatThrownBy(() -> Photos.read(missing)).hasMessage(missing + ": does not exist");
        assertThatThrownBy(() -> Photos.read(folder)).hasMessageStartingWith(folder + ": cannot be read: ");
    }

    @Test
    void refusesMorePixelsThanAPictureMayHaveBeforeItDecodesThem() throws IOException {
        byte[] png = Files.readAllBytes(write("huge.png", picture(BufferedImage.TYPE_INT_RGB)));
        java.nio.ByteBuffer header = java.nio.ByteBuffer.wrap(png);
        header.putInt(16, 20_000).putInt(20, 10_000);
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(png, 12, 17);
        header.putInt(29, (int) crc.getValue());
        Path file = Files.write(folder.resolve("huge.png"), png);
        assertThatThrownBy(() -> Photos.read(file))
                .hasMessage(file + ": has 200000000 pixels, more than 178956970, which are allowed");
    }

    /** Real files with what decoders get wrong; where the JDK cannot, an error is the least to expect. */
    @Test
    void agreesWithTheReferencesOnRealFiles() throws IOException {
        Path references = Shared.path("data/exif");
        int read = 0;
        for (JsonNode entry : Shared.json("data/exif/cases.json")) {
            Path file = references.resolve(entry.get("file").asText());
            Raster want = Photos.read(references.resolve(entry.get("want").asText()));
            Raster got;
            try {
                got = Photos.read(file);
            } catch (PictureException e) {
                String name = file.getFileName().toString();
                assertThat(e.reason())
                        .isEqualTo((name.equals("cmyk.jpg")
                                        ? "is a CMYK JPEG, which the JDK does not read"
                                        : "is no picture that the JDK reads")
                                + "; decode it with OpenCV and hand in OpenCv.picture(mat)");
                assertThat(name).matches("cmyk.jpg|.*webp");
                continue;
            }
            read++;
            assertThat(got.size()).as(file.toString()).isEqualTo(want.size());
            long sum = 0;
            for (int i = 0; i < got.data().length; i++) {
                int difference = Math.abs((got.data()[i] & 0xFF) - (want.data()[i] & 0xFF));
                sum += difference;
                assertThat(difference)
                        .as(file.toString())
                        .isLessThanOrEqualTo(file.toString().endsWith("jpg") ? 40 : 0);
            }
            assertThat(sum / (double) got.data().length).as(file.toString()).isLessThan(2);
        }
        assertThat(read).isGreaterThan(20);
    }
}
