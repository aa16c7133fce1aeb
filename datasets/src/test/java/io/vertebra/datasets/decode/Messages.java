package io.vertebra.datasets.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** User-facing texts, held in {@code src/test/resources/messages}. */
public final class Messages {

    private Messages() {}

    /** Requires these texts, in this order. */
    public static void check(String file, List<String> messages) {
        try (InputStream golden = Messages.class.getResourceAsStream("/messages/" + file)) {
            assertThat(golden).as("messages/" + file).isNotNull();
            assertThat(messages)
                    .containsExactlyElementsOf(new String(golden.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
