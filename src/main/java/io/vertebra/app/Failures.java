package io.vertebra.app;

import io.vertebra.app.config.ConfigException;
import io.vertebra.backbones.weights.DurableFiles;
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

/** The one place that turns what was thrown into an exit code and a line. */
final class Failures {
    private Failures() {}

    static ExitCode code(Throwable failure) {
        if (failure instanceof CommandException e) {
            return e.code();
        }
        if (failure instanceof ConfigException || failure instanceof GraphException) {
            return ExitCode.CONFIG;
        }
        if (failure instanceof DivergedException) {
            return ExitCode.DIVERGED;
        }
        if (failure instanceof RunFolderException) {
            return ExitCode.BUSY;
        }
        if (failure instanceof DatasetException) {
            return ExitCode.DATA;
        }
        if (failure instanceof WeightsException) {
            return ExitCode.MODEL;
        }
        if (failure instanceof UncheckedIOException || failure instanceof IOException) {
            return ExitCode.IO;
        }
        if (failure instanceof OutOfMemoryError) {
            return ExitCode.MEMORY;
        }
        if (failure instanceof EngineException e) {
            return switch (e.kind()) {
                case UNSUPPORTED -> ExitCode.CONFIG;
                case UNAVAILABLE -> ExitCode.ENGINE;
                case OUT_OF_MEMORY -> ExitCode.MEMORY;
                case FAILED -> ExitCode.UNEXPECTED;
            };
        }
        return ExitCode.UNEXPECTED;
    }

    /** What the user is told: one line, or one for each fault of a config. */
    static String message(Throwable failure) {
        if (failure instanceof UncheckedIOException e) {
            return placed(e);
        }
        if (failure instanceof IOException e) {
            return io(e);
        }
        if (failure instanceof OutOfMemoryError) {
            return "not enough memory: " + failure.getMessage()
                    + "; use a smaller batch or picture, or a machine with more memory";
        }
        if (code(failure) == ExitCode.UNEXPECTED && !(failure instanceof EngineException)) {
            return "unexpected " + failure.getClass().getSimpleName() + ": "
                    + String.valueOf(failure.getMessage()).lines().findFirst().orElse("")
                    + "; this is a bug, the trace comes with --debug";
        }
        return failure.getMessage();
    }

    /** What was being done, and to which file, stands before the reason that the system gives. */
    private static String placed(UncheckedIOException e) {
        IOException cause = e.getCause();
        String said = e.getMessage();
        String raw = String.valueOf(cause.getMessage());
        if (said.equals(cause.toString()) || said.equals(raw)) {
            return io(cause);
        }
        String place = said.endsWith(": " + raw) ? said.substring(0, said.length() - raw.length() - 2) : said;
        return place + ": " + reason(cause);
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException n) {
            boolean isOwn = n.getFile().contains(DurableFiles.UNFINISHED);
            return isOwn ? "its folder does not exist" : n.getFile() + " does not exist";
        }
        if (e instanceof AccessDeniedException) {
            return "access denied";
        }
        return e instanceof FileSystemException f && f.getReason() != null
                ? f.getReason()
                : String.valueOf(e.getMessage());
    }

    private static String io(IOException e) {
        if (e instanceof NoSuchFileException n) {
            return n.getFile() + ": no such file or folder";
        }
        if (e instanceof AccessDeniedException a) {
            return a.getFile() + ": access denied";
        }
        return String.valueOf(e.getMessage());
    }
}
