package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFilesTest {

    @TempDir
    private Path folder;

    @Test
    void writesAndReplaces() throws IOException {
        Path target = folder.resolve("a");
        DurableFiles.write(target, new byte[] {1, 2, 3});
        assertThat(target).hasBinaryContent(new byte[] {1, 2, 3});
        DurableFiles.write(target, channel -> channel.write(ByteBuffer.wrap(new byte[] {4})));

        assertThat(target).hasBinaryContent(new byte[] {4});
        assertThat(names()).containsExactly("a");
    }

    @Test
    void keepsTheOldFileIfWritingFails() throws IOException {
        Path target = folder.resolve("a");
        DurableFiles.write(target, new byte[] {1});

        assertThatThrownBy(() -> DurableFiles.write(target, channel -> {
                    channel.write(ByteBuffer.wrap(new byte[] {9, 9}));
                    assertThat(names()).hasSize(2).anyMatch(n -> n.startsWith(".tmp-"));
                    assertThat(target).hasBinaryContent(new byte[] {1});
                    throw new IOException("disk full");
                }))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage(target + ": cannot be written: disk full");
        assertThat(target).hasBinaryContent(new byte[] {1});
        assertThat(names()).containsExactly("a");
    }

    @Test
    void cleansUpAfterOtherFailures() {
        assertThatThrownBy(() -> DurableFiles.write(folder.resolve("a"), channel -> {
                    throw new IllegalStateException("bug");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(names()).isEmpty();
    }

    @Test
    void saysWhereItCannotWrite() {
        Path target = folder.resolve("absent/a");

        assertThatThrownBy(() -> DurableFiles.write(target, new byte[1]))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageStartingWith(target + ": cannot be written");
    }

    @Test
    void publishesAFolderUnderANewNameOnly() throws IOException {
        Path target = folder.resolve("7");
        Path unfinished = DurableFiles.unfinished(target);
        assertThat(unfinished.getParent()).isEqualTo(folder);
        assertThat(unfinished.getFileName().toString()).startsWith(DurableFiles.UNFINISHED);
        assertThat(DurableFiles.unfinished(target)).isNotEqualTo(unfinished);
        Files.createDirectory(unfinished);
        Files.write(unfinished.resolve("f"), new byte[] {1});
        DurableFiles.publish(unfinished, target);

        assertThat(target.resolve("f")).hasBinaryContent(new byte[] {1});
        assertThat(names()).containsExactly("7");
        Path second = Files.createDirectory(DurableFiles.unfinished(target));
        assertThatThrownBy(() -> DurableFiles.publish(second, target))
                .isInstanceOf(UncheckedIOException.class)
                .hasCauseInstanceOf(FileAlreadyExistsException.class);
        assertThat(second).exists();
    }

    private List<String> names() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
