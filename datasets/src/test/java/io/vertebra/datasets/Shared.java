package io.vertebra.datasets;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The reference data beside the project. */
public final class Shared {

    private Shared() {}

    /** A file under {@code shared/}; the test is skipped where the folder is absent. */
    public static Path file(String path) {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.isDirectory(folder.resolve("shared/anchors"))) {
            folder = folder.getParent();
        }
        assumeTrue(folder != null, "the folder shared/ with the reference data is not here");
        return folder.resolve("shared").resolve(path);
    }

    /** A JSON file under {@code shared/}. */
    public static JsonNode json(String path) {
        try {
            return new ObjectMapper().readTree(file(path).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
