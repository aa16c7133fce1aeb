package io.vertebra.tasks.metrics;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertebra.images.LabelMap;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** The folder of references beside the project; what the core of an evaluation needs is copied into the test resources. */
public final class Shared {

    private Shared() {}

    /** A path in it; a test that needs what is not copied is skipped where the folder is absent. */
    public static Path path(String name) {
        URL copy = Shared.class.getResource("/shared/" + name);
        if (copy != null && copy.getProtocol().equals("file")) {
            return Path.of(URI.create(copy.toString()));
        }
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.isDirectory(folder.resolve("shared/anchors"))) {
            folder = folder.getParent();
        }
        assumeTrue(folder != null, "the folder shared/ with the reference data is not here");
        return folder.resolve("shared").resolve(name);
    }

    /** A file of JSON. */
    public static JsonNode json(String name) {
        try {
            return new ObjectMapper().readTree(path(name).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The samples of an 8-bit PNG of one channel, by the JDK's reader. */
    public static LabelMap map(String name) {
        try {
            BufferedImage image = ImageIO.read(path(name).toFile());
            int[] samples = image.getRaster().getPixels(0, 0, image.getWidth(), image.getHeight(), (int[]) null);
            byte[] data = new byte[samples.length];
            for (int i = 0; i < data.length; i++) {
                data[i] = (byte) samples[i];
            }
            return LabelMap.of(image.getHeight(), image.getWidth(), data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
