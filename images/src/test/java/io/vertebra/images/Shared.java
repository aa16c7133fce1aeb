package io.vertebra.images;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** The reference data beside the project. */
final class Shared {

    private Shared() {}

    /** A file under {@code shared/}; the test is skipped where the folder is absent. */
    static Path file(String path) {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.isDirectory(folder.resolve("shared/anchors"))) {
            folder = folder.getParent();
        }
        assumeTrue(folder != null, "the folder shared/ with the reference data is not here");
        return folder.resolve("shared").resolve(path);
    }

    static JsonNode json(String path) {
        try {
            return new ObjectMapper().readTree(file(path).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An 8-bit gray or RGB PNG by the JDK's reader, samples as stored. */
    static Raster png(String path) {
        try {
            BufferedImage image = ImageIO.read(file(path).toFile());
            java.awt.image.Raster raster = image.getRaster();
            int[] samples = raster.getPixels(0, 0, image.getWidth(), image.getHeight(), (int[]) null);
            byte[] data = new byte[samples.length];
            for (int i = 0; i < data.length; i++) {
                data[i] = (byte) samples[i];
            }
            return Raster.of(image.getHeight(), image.getWidth(), raster.getNumBands(), data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
