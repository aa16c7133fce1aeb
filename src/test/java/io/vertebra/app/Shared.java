package io.vertebra.app;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** The folder of references beside the project, where it is there. */
public final class Shared {
    private Shared() {}

    /** A path in it; a test that needs it is skipped where the folder is absent. */
    public static Path path(String name) {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.isDirectory(folder.resolve("shared/anchors"))) {
            folder = folder.getParent();
        }
        assumeTrue(folder != null, "the folder shared with the references is not beside the project");
        return folder.resolve("shared").resolve(name);
    }
}
