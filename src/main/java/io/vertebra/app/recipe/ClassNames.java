package io.vertebra.app.recipe;

import io.vertebra.app.CommandException;
import io.vertebra.app.ExitCode;
import io.vertebra.heads.Models;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Finds the names of the classes that a model answers with. */
public final class ClassNames {
    private final Models models;

    /** Takes the class counts of published models from here. */
    @Inject
    public ClassNames(Models models) {
        this.models = models;
    }

    /**
     * The names in label order: those of the file, else of the recipe, else of the weights; else numbers.
     *
     * @param file one name a line, null if none is given
     */
    public List<String> find(Recipe recipe, Optional<OpenedModel.Weights> weights, Path file) {
        if (file != null) {
            return lines(file);
        }
        if (recipe.data() != null && recipe.data().classes() != null) {
            return recipe.data().classes();
        }
        List<String> told = weights.map(OpenedModel.Weights::classes).orElse(List.of());
        if (!told.isEmpty()) {
            return told;
        }
        int count = weights.stream()
                .flatMapToInt(w -> w.info().classes().stream())
                .findFirst()
                .orElseGet(() -> models.get(recipe.model().backbone().name()).classes());
        return IntStream.range(0, count).mapToObj(i -> "class " + i).toList();
    }

    private static List<String> lines(Path file) {
        try {
            List<String> names = Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(n -> !n.isEmpty())
                    .toList();
            if (names.isEmpty()) {
                throw new CommandException(ExitCode.DATA, file + ": holds no names; one a line is expected");
            }
            return names;
        } catch (MalformedInputException e) {
            throw new CommandException(ExitCode.DATA, file + ": is not UTF-8");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
