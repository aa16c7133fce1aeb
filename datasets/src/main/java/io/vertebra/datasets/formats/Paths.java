package io.vertebra.datasets.formats;

import io.vertebra.datasets.Check;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The checks of paths in configs that all formats share. */
public final class Paths {

    private Paths() {}

    /** Refuses a {@code path} that is missing or none. */
    public static void check(String path) {
        Check.that(path != null && !path.isEmpty(), "path", "is missing; give a file or folder");
        parse("path", path);
    }

    /** The path that a key names. */
    public static Path parse(String key, String path) {
        try {
            return Path.of(path);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(key + ": is not a path: " + e.getReason(), e);
        }
    }

    /** What the key {@code path} names, which must be there. */
    public static Path existing(String path) {
        return existing("path", path);
    }

    /** What a key names, which must be there. */
    public static Path existing(String key, String path) {
        Path file = parse(key, path);
        Check.that(Files.exists(file), key, "%s does not exist", path);
        return file;
    }
}
