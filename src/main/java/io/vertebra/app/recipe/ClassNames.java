package io.vertebra.app.recipe;

import io.vertebra.app.CommandException;
import io.vertebra.app.ExitCode;
import io.vertebra.heads.Head;
import io.vertebra.heads.Models;
import io.vertebra.tasks.Labels;
import io.vertebra.tasks.Task;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the classes that a model answers with. */
public final class ClassNames {
    private final Models models;
    private final Map<String, Task> tasks;

    /** Takes the class counts of published models from here. */
    @Inject
    public ClassNames(Models models, Map<String, Task> tasks) {
        this.models = models;
        this.tasks = tasks;
    }

    /**
     * The classes of each head by key: those of the file, else of the recipe, else of the weights, else published ones, else
     * numbers. What a recipe says of pictures and objects counts for pixels only where it has a name for each value.
     *
     * @param published the name of the model, null if it is none of the published ones
     * @param file one name a line for a single head, null if none is given
     */
    public Map<String, Labels> find(Recipe recipe, Optional<OpenedModel.Weights> weights, String published, Path file) {
        Map<String, Labels> found = new LinkedHashMap<>(find(recipe.model(), weights, published));
        if (file != null) {
            found.replaceAll((key, labels) -> ofFile(file, found.size(), weights.isPresent(), labels));
        } else if (recipe.model().heads() == null
                && recipe.data() != null
                && recipe.data().classes() != null) {
            List<String> names = recipe.data().classes();
            boolean ofPixels = recipe.model().task().equals("segmentation");
            found.replaceAll((key, labels) ->
                    ofPixels && names.size() != labels.count() ? labels : new Labels(names, labels.palette()));
        }
        return found;
    }

    private static Labels ofFile(Path file, int heads, boolean hasWeights, Labels known) {
        if (heads > 1) {
            throw new CommandException(
                    ExitCode.USAGE, file + ": names the classes of one head, the model has " + heads + " heads");
        }
        List<String> names = lines(file);
        if (hasWeights && names.size() != known.count()) {
            throw new CommandException(
                    ExitCode.DATA,
                    file + ": has " + names.size() + " names, the weights are for " + known.count() + " classes");
        }
        return new Labels(names, known.palette());
    }

    /** As the weights tell, else as published. */
    private Map<String, Labels> find(ModelSection model, Optional<OpenedModel.Weights> weights, String published) {
        Map<String, Labels> told = weights.map(OpenedModel.Weights::labels).orElse(Map.of());
        Map<String, Labels> found = new LinkedHashMap<>();
        model.byKey()
                .forEach((key, head) ->
                        found.put(key, told.containsKey(key) ? told.get(key) : other(model, head, weights, published)));
        return found;
    }

    /**
     * The classes by which a model is measured on data: those of the data, but for a detector that knows them all and
     * perhaps others its own, which the data's are found among by name.
     *
     * @throws CommandException if a detector of more classes does not know one of the data's
     */
    public Map<String, Labels> measured(
            Recipe recipe, Optional<OpenedModel.Weights> weights, String published, Map<String, Labels> ofData) {
        Map<String, Labels> measured = new LinkedHashMap<>(ofData);
        Map<String, Labels> own = find(recipe.model(), weights, published);
        ofData.forEach((key, labels) -> {
            boolean detects = recipe.model().byKey().get(key).task().equals("detection");
            List<String> known = own.get(key).names();
            List<String> unknown =
                    labels.names().stream().filter(n -> !known.contains(n)).toList();
            if (detects && weights.isPresent() && (unknown.isEmpty() || known.size() > labels.count())) {
                checkKnown(weights.get(), unknown);
                measured.put(key, new Labels(known, labels.palette()));
            }
        });
        return measured;
    }

    private static void checkKnown(OpenedModel.Weights weights, List<String> unknown) {
        if (!unknown.isEmpty()) {
            throw new CommandException(
                    ExitCode.MODEL,
                    weights.file() + ": does not know the data's " + String.join(", ", unknown)
                            + "; name those that it knows in data.classes");
        }
    }

    private Labels other(ModelSection model, Head<?> head, Optional<OpenedModel.Weights> weights, String published) {
        Task task = tasks.get(head.task());
        int count = weights.flatMap(w -> w.info().classes().stream().boxed().findFirst())
                .orElseGet(() -> models.get(published == null ? model.backbone().name() : published)
                                .classes()
                        - task.outputs(0));
        return Labels.of(PublishedNames.of(task.name(), count));
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
