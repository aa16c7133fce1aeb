package io.vertebra.backbones;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The folder of published references beside the project; tests that need it are skipped where it is absent. */
public final class Shared {
    private Shared() {}

    /** A file or folder in it. */
    public static Path path(String inside) {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path shared = folder.resolve("shared");
            if (Files.isDirectory(shared.resolve("anchors"))) {
                return shared.resolve(inside);
            }
        }
        return Assumptions.abort("the folder shared/ with the published references is not beside the project");
    }

    /** A JSON file in it. */
    public static JsonNode json(String inside) {
        try {
            return new ObjectMapper().readTree(path(inside).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
