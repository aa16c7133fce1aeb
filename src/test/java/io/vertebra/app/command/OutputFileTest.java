package io.vertebra.app.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.vertebra.app.CommandRun;
import io.vertebra.app.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputFileTest {
    @TempDir
    Path folder;

    /** The model does not exist, so that a command which opens it first says something else. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "embed --model nothing p.jpg",
                "forward --model nothing --input in.safetensors",
                "export safetensors --model nothing",
                "export onnx --model nothing",
                "export dl4j --model nothing",
                "weights convert nothing.pth"
            })
    void isLookedAtBeforeAnythingIsComputed(String command) {
        Path file = folder.resolve("absent/out");
        List<Object> words = new ArrayList<>(List.of((Object[]) command.split(" ")));
        words.addAll(List.of("--output", file));
        CommandRun run = CommandRun.of(words.toArray());
        assertThat(run.code()).isEqualTo(ExitCode.IO.code());
        assertThat(run.err())
                .isEqualTo(file + ": cannot be written: " + file.getParent()
                        + " is no folder; make it, or name another\n");
        assertThat(file.getParent()).doesNotExist();
    }

    @Test
    void isAFileInAFolderThatIsThere() throws IOException {
        assertThatCode(() -> OutputFile.check(folder.resolve("new"))).doesNotThrowAnyException();
        assertThatCode(() -> OutputFile.check(Files.createFile(folder.resolve("old"))))
                .doesNotThrowAnyException();
        assertThatCode(() -> OutputFile.check(Path.of("bare"))).doesNotThrowAnyException();
        assertThatCode(() -> OutputFile.check(folder)).hasMessage(folder + ": is a folder; name a file in it");
        Path below = folder.resolve("old/new");
        assertThatCode(() -> OutputFile.check(below))
                .hasMessage(below + ": cannot be written: " + folder.resolve("old")
                        + " is no folder; make it, or name another");
    }
}
