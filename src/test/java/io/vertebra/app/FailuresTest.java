package io.vertebra.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.app.config.ConfigException;
import io.vertebra.app.config.Fault;
import io.vertebra.app.config.Goldens;
import io.vertebra.app.config.Origin;
import io.vertebra.backbones.weights.WeightsException;
import io.vertebra.datasets.DatasetException;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.op.GraphException;
import io.vertebra.tasks.runs.RunFolderException;
import io.vertebra.tasks.training.DivergedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FailuresTest {
    @Test
    void hasALineAndACodeForEachFailure() {
        List<Throwable> failures = List.of(
                new CommandException(ExitCode.LIMIT, "top1 is 0.5, below 0.9"),
                new ConfigException(
                        List.of(new Fault(new Origin("a.yaml", 2, 3), "train.epochs", "must be at least 0, is -1"))),
                new GraphException("norm", "must be frozen"),
                new DatasetException("a.jpg", "file is empty"),
                new WeightsException(Path.of("a.pth"), "conv1.weight", "has shape [1]"),
                new UncheckedIOException(new NoSuchFileException("a/b")),
                new UncheckedIOException(new AccessDeniedException("a/b")),
                new UncheckedIOException(new FileSystemException("a/b", null, "No space left on device")),
                new UncheckedIOException(new IOException("a/b: broken pipe")),
                new IOException("closed by its reader"),
                placed("a/b: cannot be written: ", new NoSuchFileException("a/.tmp-5e28")),
                placed("a/b: cannot be written: ", new NoSuchFileException("c")),
                placed("a/b: cannot be written: ", new AccessDeniedException("a/.tmp-5e28")),
                placed("a/b: cannot be written: ", new FileSystemException("a/.tmp", null, "Read-only file system")),
                placed("a/b: cannot be written: ", new IOException("No space left on device")),
                new UncheckedIOException("a: cannot be listed", new AccessDeniedException("a")),
                new UncheckedIOException("whole line", new IOException("whole line")),
                new DivergedException(7, "the training loss is NaN"),
                new RunFolderException(Path.of("runs/a"), RunFolderException.Kind.COMPLETE, "holds a complete run"),
                new EngineException(EngineException.Kind.UNSUPPORTED, "dl4j has no bf16"),
                new EngineException(EngineException.Kind.UNAVAILABLE, "no engine works"),
                new EngineException(EngineException.Kind.OUT_OF_MEMORY, "needs 9 GiB"),
                new EngineException(EngineException.Kind.FAILED, "oneDNN: status 3 in conv1"),
                new OutOfMemoryError("Java heap space"),
                new IllegalStateException("a node without a plan"));
        Goldens.assertMessages(
                "failures",
                failures.stream()
                        .map(f -> "%3d %s\n".formatted(Failures.code(f).code(), Failures.message(f)))
                        .collect(Collectors.joining()));
    }

    private static UncheckedIOException placed(String place, IOException cause) {
        return new UncheckedIOException(place + cause.getMessage(), cause);
    }

    @Test
    void usesNoCodeTwiceAndNoneThatOthersUse() {
        List<Integer> codes =
                java.util.Arrays.stream(ExitCode.values()).map(ExitCode::code).toList();
        assertThat(codes).doesNotHaveDuplicates().doesNotContain(3, 126, 127, 128, 134, 137, 139);
    }
}
