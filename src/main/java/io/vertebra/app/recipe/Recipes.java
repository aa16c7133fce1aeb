package io.vertebra.app.recipe;

import io.vertebra.app.Engines;
import io.vertebra.app.config.Binding;
import io.vertebra.app.config.ConfigNode;
import io.vertebra.app.config.RecordBinder;
import io.vertebra.app.config.Renderer;
import io.vertebra.app.config.SchemaWriter;
import io.vertebra.app.config.Vocabulary;
import io.vertebra.app.config.Vocabulary.Choice;
import io.vertebra.app.config.Vocabulary.Named;
import io.vertebra.app.config.Vocabulary.Words;
import io.vertebra.backbones.Backbone;
import io.vertebra.backbones.BackboneFamily;
import io.vertebra.backbones.Backbones;
import io.vertebra.datasets.DatasetFormat;
import io.vertebra.datasets.transforms.TransformFamily;
import io.vertebra.heads.Head;
import io.vertebra.heads.HeadFamily;
import io.vertebra.heads.Heads;
import io.vertebra.heads.Neck;
import io.vertebra.heads.NeckFamily;
import io.vertebra.heads.Necks;
import io.vertebra.tasks.Task;
import io.vertebra.tasks.config.LossTerm;
import io.vertebra.tasks.config.OptimizerConfig;
import io.vertebra.tasks.config.Schedule;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Binds recipes: knows by name all that is registered. */
public final class Recipes {
    private final Vocabulary vocabulary = new Vocabulary();

    /** All maps are by name, as the injector has them. */
    @Inject
    public Recipes(
            Map<String, BackboneFamily<?>> backbones,
            Map<String, NeckFamily<?>> necks,
            Map<String, HeadFamily<?>> heads,
            Map<String, DatasetFormat<?>> formats,
            Map<String, TransformFamily<?>> transforms,
            Map<String, Task> tasks,
            Engines engines) {
        Backbones allBackbones = new Backbones(backbones);
        Necks allNecks = new Necks(necks);
        Heads allHeads = new Heads(heads);
        vocabulary.words(Recipe.TaskName.class, words(new TreeSet<>(tasks.keySet()), Recipe.TaskName::new));
        vocabulary.words(Recipe.EngineName.class, words(engines.names(), Recipe.EngineName::new));
        vocabulary.words(Recipe.PrecisionName.class, words(Recipe.PrecisionName.names(), Recipe.PrecisionName::new));
        vocabulary.words(
                Normalize.class,
                new Words<Normalize>(Map.of("weights", Normalize.Automatic.WEIGHTS), Normalize.Fixed.class));
        vocabulary.choice(
                Backbone.class,
                new Choice<>(
                        "backbone",
                        "name",
                        classes(backbones, BackboneFamily::config),
                        null,
                        named -> allBackbones.get(named.name(), named.config()),
                        backbone -> new Named(backbone.name(), backbone.config())));
        vocabulary.choice(
                Neck.class,
                new Choice<>(
                        "neck",
                        "name",
                        classes(necks, NeckFamily::config),
                        null,
                        named -> allNecks.get(named.name()).with(named.config()),
                        neck -> new Named(neck.name(), neck.config())));
        vocabulary.choice(
                Head.class,
                new Choice<>(
                        "head",
                        "name",
                        classes(heads, HeadFamily::config),
                        null,
                        named -> allHeads.get(named.name()).with(named.config()),
                        head -> new Named(head.name(), head.config())));
        vocabulary.choice(
                Source.class,
                new Choice<>(
                        "format",
                        "format",
                        classes(formats, DatasetFormat::config),
                        Source.Common.class,
                        named ->
                                new Source(named.name(), named.config(), ((Source.Common) named.common()).transforms()),
                        source -> new Named(source.format(), source.config(), new Source.Common(source.transforms()))));
        vocabulary.choice(
                Source.Step.class,
                new Choice<>(
                        "transform",
                        "name",
                        classes(transforms, TransformFamily::config),
                        null,
                        named -> new Source.Step(named.name(), named.config()),
                        step -> new Named(step.name(), step.config())));
        vocabulary.choice(OptimizerConfig.class, sealed("optimizer", OptimizerConfig.NAMES, OptimizerConfig.class));
        vocabulary.choice(LossTerm.class, sealed("loss term", LossTerm.NAMES, LossTerm.class));
        vocabulary.choice(Schedule.class, sealed("schedule", Schedule.NAMES, Schedule.class));
    }

    /** Binds a merged tree. */
    public Binding<Recipe> bind(ConfigNode.Mapping tree) {
        return new RecordBinder(vocabulary).bind(tree, Recipe.class);
    }

    /** The complete tree of a recipe, defaults included. */
    public ConfigNode.Mapping resolved(Binding<Recipe> binding) {
        return new Renderer(vocabulary).tree(binding.value(), binding.written());
    }

    /** The complete tree of a recipe, or of a section of one, that nobody wrote. */
    public ConfigNode.Mapping rendered(Record section) {
        return new Renderer(vocabulary).tree(section, null);
    }

    /** A writer of the schema of recipes. */
    public SchemaWriter schema(UnaryOperator<String> descriptions) {
        return new SchemaWriter(vocabulary, descriptions);
    }

    private static <T> Words<T> words(Collection<String> names, Function<String, T> make) {
        Map<String, T> words = new LinkedHashMap<>();
        names.forEach(name -> words.put(name, make.apply(name)));
        return new Words<>(words, null);
    }

    private static <F> Map<String, Class<? extends Record>> classes(
            Map<String, F> families, Function<F, ? extends Class<?>> config) {
        Map<String, Class<? extends Record>> classes = new LinkedHashMap<>();
        families.forEach(
                (name, family) -> classes.put(name, config.apply(family).asSubclass(Record.class)));
        return classes;
    }

    /** A choice among the records of a sealed interface. */
    private static <T> Choice<T> sealed(String noun, Map<String, Class<? extends T>> names, Class<T> type) {
        return new Choice<>(
                noun,
                "name",
                classes(names, (Class<? extends T> c) -> c),
                null,
                named -> type.cast(named.config()),
                value -> new Named(nameOf(value, names), (Record) value));
    }

    private static <T> String nameOf(T value, Map<String, Class<? extends T>> names) {
        return names.entrySet().stream()
                .filter(e -> e.getValue() == value.getClass())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }
}
