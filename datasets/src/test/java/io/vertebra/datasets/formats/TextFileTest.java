package io.vertebra.datasets.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.datasets.DatasetException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextFileTest {

    @TempDir
    private Path root;

    private Path write(String text) throws IOException {
        return Files.writeString(root.resolve("a.txt"), text);
    }

    @Test
    void readsLinesOfAnyKind() throws IOException {
        assertThat(TextFile.lines(write("\uFEFFa b\r\n\r\n\tc \rd\n"), 100)).containsExactly("a b", "", "c", "d", "");
        assertThat(TextFile.lines(write(""), 100)).containsExactly("");
    }

    @Test
    void refusesWhatIsNoText() throws IOException {
        Path file = write("a\0b");
        assertThatThrownBy(() -> TextFile.lines(file, 100)).hasMessage(file + ": is not text");
        write("a\u001Fb");
        assertThatThrownBy(() -> TextFile.lines(file, 100)).isInstanceOf(DatasetException.class);
        Files.write(file, "caf\u00E9".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> TextFile.lines(file, 100)).hasMessage(file + ": is not UTF-8 text");
    }

    @Test
    void refusesWhatIsNoFileOrTooLarge() throws IOException {
        Path file = write("x".repeat(2048));
        assertThat(TextFile.bytes(file, 2048)).hasSize(2048);
        assertThatThrownBy(() -> TextFile.bytes(file, 2047))
                .hasMessage(file + ": has 2 KiB, more than such a file may have");
        assertThatThrownBy(() -> TextFile.bytes(root, 1)).hasMessage(root + ": is a directory");
        assertThatThrownBy(() -> TextFile.bytes(root.resolve("b"), 1)).hasMessage(root + "/b: does not exist");
        assertThatThrownBy(() -> TextFile.bytes(Path.of("/dev/null"), 1)).hasMessage("/dev/null: is not a plain file");
    }

    @ParameterizedTest
    @CsvSource({
        "a.jpg, true",
        "a/../b, true",
        "..a, true",
        "../a, false",
        "a/../../b, false",
        "/a, false",
        "'', false",
        "., false"
    })
    void knowsNamesThatLeadElsewhere(String name, boolean inside) {
        assertThat(TextFile.staysInside(name)).isEqualTo(inside);
        assertThat(TextFile.staysInside(name + "\0")).isFalse();
    }
}
