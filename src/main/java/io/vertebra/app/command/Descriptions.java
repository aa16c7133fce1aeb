package io.vertebra.app.command;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/** The line about each key of a recipe, cut from the records' Javadoc by {@code GeneratedDocsTest}. */
public final class Descriptions {
    private final Properties lines;

    private Descriptions(Properties lines) {
        this.lines = lines;
    }

    /** Those that came with this build. */
    public static Descriptions built() {
        Properties lines = new Properties();
        try (var in = new InputStreamReader(
                Descriptions.class.getResourceAsStream("descriptions.properties"), StandardCharsets.UTF_8)) {
            lines.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("descriptions.properties is malformed", e);
        }
        return new Descriptions(lines);
    }

    /** The line for {@code Record.component}, null where there is none. */
    public String of(String component) {
        return lines.getProperty(component);
    }
}
