package io.vertebra.app.command;

import io.vertebra.app.CommandException;
import io.vertebra.app.ExitCode;
import io.vertebra.datasets.decode.ImageFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The picture files that a command line names. */
final class Pictures {
    private Pictures() {}

    /**
     * Files as they are given, and those of folders and the folders below them.
     *
     * @param command for the hint where nothing is named
     */
    static List<Path> of(List<Path> given, String command) {
        List<Path> pictures = new ArrayList<>();
        for (Path path : given) {
            if (Files.isDirectory(path)) {
                pictures.addAll(ImageFiles.list(path));
            } else {
                pictures.add(path);
            }
        }
        if (pictures.isEmpty()) {
            throw new CommandException(ExitCode.USAGE, "no pictures are given; see vertebra " + command + " --help");
        }
        return pictures;
    }
}
