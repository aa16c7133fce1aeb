package io.vertebra.datasets.formats;

import io.vertebra.datasets.Check;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The checks of the key {@code path} that all formats share. */
final class Paths {

    private Paths() {}

    static void check(String path) {
        Check.that(path != null && !path.isEmpty(), "path", "is missing; give a file or folder");
        parse(path);
    }

    private static Path parse(String path) {
        try {
            return Path.of(path);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("path: is not a path: " + e.getReason(), e);
        }
    }

    static Path existing(String path) {
        Path file = parse(path);
        Check.that(Files.exists(file), "path", "%s does not exist", path);
        return file;
    }
}
