package io.vertebra.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Texts that users see, kept as files; {@code -Ddocs.write=true} writes them anew. */
public final class Goldens {
    private Goldens() {}

    /** Compares with {@code src/test/resources/messages/<name>.txt}. */
    public static void assertMessages(String name, String actual) {
        assertFile(Path.of("test/resources/messages", name + ".txt"), actual);
    }

    /** Compares with any file that is made from the program; the path is relative to the folder {@code src}. */
    public static void assertFile(Path file, String actual) {
        try {
            if (Boolean.getBoolean("docs.write")) {
                Files.createDirectories(file.getParent());
                Files.writeString(file, actual);
            }
            assertThat(actual)
                    .as("%s; refresh it with: mvn test -pl src -Ddocs.write=true", file)
                    .isEqualTo(new String(Files.readAllBytes(file), StandardCharsets.UTF_8).replace("\r\n", "\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
