package io.vertebra.app.command;

import io.vertebra.app.CommandException;
import io.vertebra.app.ExitCode;
import io.vertebra.app.Wiring;
import io.vertebra.app.config.Binding;
import io.vertebra.app.config.ConfigNode;
import io.vertebra.app.config.Merger;
import io.vertebra.app.config.Origin;
import io.vertebra.app.recipe.ModelSection;
import io.vertebra.app.recipe.Recipe;
import io.vertebra.backbones.zoo.Zoo;
import io.vertebra.heads.Model;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options by which a command is told of a model: a recipe, the folder of a run, or the name of a published model. */
public final class ModelSource {
    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "A model by name, in place of a recipe; 'vertebra models' lists them.")
    String model;

    @Option(
            names = "--weights",
            paramLabel = "FILE|TAG",
            description = "A weight file, or the tag of published weights, which are downloaded once; goes before the"
                    + " recipe's model.weights.")
    String weights;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Changes a value, such as model.backbone.output_stride=16.")
    List<String> sets = List.of();

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            description = "auto, onednn, dl4j or cuda; goes before the recipe's engine.")
    String engine;

    @Option(
            names = "--precision",
            paramLabel = "P",
            description = "auto, fp32, bf16, tf32 or fp64; goes before the recipe's precision.")
    String precision;

    /** Whether the model is named, so that no recipe is expected. */
    boolean isNamed() {
        return model != null;
    }

    /**
     * The recipe.
     *
     * @param source a file or a run's folder; null where the model is named
     */
    Binding<Recipe> bind(Path source, Wiring wiring) {
        return wiring.recipes().bind(tree(source, wiring));
    }

    /** The numbers of outputs that the named model was published with; empty where a recipe is given. */
    Map<String, Integer> publishedOutputs(Wiring wiring) {
        return isNamed() ? Map.of("", wiring.models().get(model).classes()) : Map.of();
    }

    /** The name of the model, or else of the recipe's backbone. */
    String nameOf(Recipe recipe) {
        return isNamed() ? model : recipe.model().backbone().name();
    }

    private ConfigNode.Mapping tree(Path source, Wiring wiring) {
        if (isNamed() == (source != null)) {
            throw new CommandException(
                    ExitCode.USAGE, "give a recipe or the folder of a run, or else --model NAME; see --help");
        }
        ConfigNode.Mapping tree = Merger.apply(isNamed() ? preset(model, wiring) : written(source), sets);
        tree = put(tree, "model.weights", "--weights", published().orElse(weights));
        tree = put(tree, "engine", "--engine", engine);
        return put(tree, "precision", "--precision", precision);
    }

    /** The set of this tag is the named model's, where its backbone has sets too. */
    private Optional<String> published() {
        return weights == null || !isNamed()
                ? Optional.empty()
                : Zoo.builtIn().entry(model).flatMap(e -> e.weights(weights)).map(w -> model + ":" + w.tag());
    }

    private static ConfigNode.Mapping put(ConfigNode.Mapping tree, String path, String option, String value) {
        return value == null ? tree : Merger.put(tree, path, value, Origin.of(option + " " + value));
    }

    /** A classifier is its backbone; of other models backbone and head have options of their own. */
    private static ConfigNode.Mapping preset(String name, Wiring wiring) {
        Origin origin = Origin.of("--model " + name);
        ConfigNode.Mapping empty = new ConfigNode.Mapping(Map.of(), origin);
        if (!wiring.models().names().contains(name) || isBackbone(name, wiring)) {
            return Merger.put(Merger.put(empty, "task", "classification", origin), "model.backbone.name", name, origin);
        }
        Model model = wiring.models().get(name);
        ModelSection section = new ModelSection(
                model.backbone(),
                model.neck().orElse(null),
                model.head(),
                null,
                model.part().auxiliary().orElse(null),
                null,
                null);
        ConfigNode.Mapping tree = Merger.put(empty, "task", model.task(), origin);
        Map<String, ConfigNode.Entry> entries = new LinkedHashMap<>(tree.entries());
        entries.put(
                "model",
                new ConfigNode.Entry(origin, wiring.recipes().rendered(section).at(origin)));
        return new ConfigNode.Mapping(entries, origin);
    }

    private static boolean isBackbone(String name, Wiring wiring) {
        return wiring.models().get(name).task().equals("classification");
    }

    private static ConfigNode.Mapping written(Path source) {
        if (!Files.isDirectory(source)) {
            return Merger.load(source, List.of());
        }
        Path config = source.resolve("config.yaml");
        if (!Files.exists(config)) {
            throw new CommandException(
                    ExitCode.USAGE, source + ": is a folder without config.yaml, so no run; give a recipe or a run");
        }
        return Merger.put(
                Merger.load(config, List.of()),
                "model.weights",
                weights(source).toString(),
                Origin.of(source.toString()));
    }

    /** The best weights of a run, else its last. */
    private static Path weights(Path run) {
        for (String name : List.of("best", "last")) {
            Path file = run.resolve("weights").resolve(name + ".safetensors");
            if (Files.exists(file)) {
                return file;
            }
        }
        throw new CommandException(
                ExitCode.MODEL, run + ": has no weights yet; the run ended before its first checkpoint");
    }
}
