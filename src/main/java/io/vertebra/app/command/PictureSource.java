package io.vertebra.app.command;

import io.vertebra.app.CommandException;
import io.vertebra.app.ExitCode;
import io.vertebra.app.Wiring;
import io.vertebra.app.config.Binding;
import io.vertebra.app.recipe.Recipe;
import io.vertebra.datasets.decode.ImageFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The arguments by which a command is told of pictures, and of the model that looks at them. */
public final class PictureSource {
    @Mixin
    ModelSource source;

    @Parameters(
            arity = "1..*",
            paramLabel = "[CONFIG|RUN] IMAGE|DIR",
            description = "A recipe or the folder of a run (none with --model), then pictures and folders of pictures.")
    List<Path> arguments;

    /** The recipe: the first argument, unless the model is named. */
    Binding<Recipe> recipe(Wiring wiring) {
        return source.bind(source.isNamed() ? null : arguments.get(0), wiring);
    }

    /**
     * The picture files: those that are given, and those of folders and the folders below them.
     *
     * @param command for the hint where nothing is named
     */
    List<Path> files(String command) {
        List<Path> files = new ArrayList<>();
        for (Path path : arguments.subList(source.isNamed() ? 0 : 1, arguments.size())) {
            if (Files.isDirectory(path)) {
                files.addAll(ImageFiles.list(path));
            } else {
                files.add(path);
            }
        }
        if (files.isEmpty()) {
            throw new CommandException(ExitCode.USAGE, "no pictures are given; see vertebra " + command + " --help");
        }
        return files;
    }
}
