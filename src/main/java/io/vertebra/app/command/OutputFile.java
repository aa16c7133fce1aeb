package io.vertebra.app.command;

import io.vertebra.app.CommandException;
import io.vertebra.app.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that a command writes when all is computed. */
final class OutputFile {
    private OutputFile() {}

    /** Refuses a place that cannot be written to, before anything is computed for it. */
    static void check(Path file) {
        Path folder = file.toAbsolutePath().normalize().getParent();
        if (folder == null || Files.isDirectory(file)) {
            throw refused(file, "is a folder; name a file in it");
        }
        if (!Files.isDirectory(folder)) {
            throw refused(file, "cannot be written: " + folder + " is no folder; make it, or name another");
        }
        if (!Files.isWritable(folder)) {
            throw refused(file, "cannot be written: the folder " + folder + " denies it; name another");
        }
    }

    private static CommandException refused(Path file, String reason) {
        return new CommandException(ExitCode.IO, file + ": " + reason);
    }
}
