package io.vertebra.app.recipe;

import io.vertebra.app.Engines;
import io.vertebra.app.Environment;
import io.vertebra.app.config.Binding;
import io.vertebra.app.config.YamlWriter;
import io.vertebra.backbones.weights.Sha256;
import io.vertebra.datasets.loading.Loader;
import io.vertebra.datasets.loading.LoaderOptions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Precision;
import io.vertebra.heads.Stages;
import io.vertebra.images.Normalization;
import io.vertebra.tasks.Labels;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.Setting;
import io.vertebra.tasks.Task;
import io.vertebra.tasks.runs.WeightMetadata;
import io.vertebra.tasks.training.Training;
import io.vertebra.tasks.training.TrainingGraphs;
import io.vertebra.tasks.training.Validation;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Opens all that a recipe names for a training. */
public final class RunOpener {
    private final Recipes recipes;
    private final DataOpener data;
    private final ModelOpener models;
    private final Map<String, Task> tasks;
    private final Engines engines;

    /** Opens by the names that the injector has. */
    @Inject
    public RunOpener(Recipes recipes, DataOpener data, ModelOpener models, Map<String, Task> tasks, Engines engines) {
        this.recipes = recipes;
        this.data = data;
        this.models = models;
        this.tasks = tasks;
        this.engines = engines;
    }

    /**
     * Opens everything; the caller closes it.
     *
     * @param say is told what was loaded
     * @throws io.vertebra.app.config.ConfigException with all faults of the data section
     */
    public OpenedRun open(Binding<Recipe> binding, Consumer<String> say) {
        Recipe recipe = binding.value();
        OpenedData opened = opened(binding, recipe);
        HeadLabels heads = new HeadLabels(tasks);
        Map<String, Labels> labels = heads.of(recipe.model(), opened.any().orElseThrow());
        OpenedModel model = models.open(recipe.model(), heads.outputs(recipe.model(), labels));
        Normalization normalization = recipe.normalization(model.normalization());
        List<Loader> loaders = new ArrayList<>();
        try {
            return open(recipe, opened, model, labels, normalization, loaders, say);
        } catch (RuntimeException | Error e) {
            loaders.forEach(Loader::close); // nobody else knows them yet
            throw e;
        }
    }

    private OpenedData opened(Binding<Recipe> binding, Recipe recipe) {
        if (recipe.data() == null) {
            binding.fault("data", "is missing; there is nothing to train on");
            binding.value();
        }
        OpenedData opened = data.open(binding, recipe.data(), recipe.seed());
        if (recipe.data().train() == null) {
            binding.fault("data.train", "is missing; there is nothing to train on");
        }
        binding.value(); // all faults at once
        return opened;
    }

    private OpenedRun open(
            Recipe recipe,
            OpenedData opened,
            OpenedModel model,
            Map<String, Labels> labels,
            Normalization normalization,
            List<Loader> loaders,
            Consumer<String> say) {
        OpenedData.Part train = opened.train().orElseThrow();
        Problem problem = tasks.get(recipe.task().name())
                .open(new Setting(
                        model.model(),
                        "",
                        labels,
                        recipe.train().loss(),
                        recipe.evaluate(),
                        train.pipeline().hasBatchTransforms()));
        LoaderOptions options = recipe.data().loaderOptions(recipe.train().batchSize(), recipe.seed());
        Loader loader = Loader.training(train.data(), train.pipeline(), normalization, options, problem.targets());
        loaders.add(loader);
        Optional<Validation> validation = opened.val().map(val -> {
            LoaderOptions measuring =
                    recipe.data().loaderOptions(recipe.evaluate().batchSize(), recipe.seed());
            Loader measured = Loader.evaluation(val.data(), val.pipeline(), normalization, measuring);
            loaders.add(measured);
            return new Validation(val.data(), measured);
        });
        Graph graph = TrainingGraphs.of(model.model(), problem);
        Parameters parameters = model.parameters(graph, recipe.seed(), true, say);
        Engine engine = engines.open(recipe.engine().name(), say);
        Precision precision = recipe.precision().on(engine, say);
        Recipe resolved = recipe.resolved(
                precision, opened.classes(), normalization, model.model().conventions());
        Training training = new Training(
                problem,
                graph,
                Stages.of(model.model()),
                parameters,
                engine,
                precision,
                recipe.seed(),
                recipe.train(),
                recipe.evaluate(),
                loader,
                validation,
                new WeightMetadata(
                                recipe.task().name(),
                                opened.classes(),
                                loader.imageSize(),
                                normalization,
                                recipe.model().backbone().name(),
                                recipe.model().headName(),
                                io.vertebra.app.Main.version(),
                                Sha256.of(text(resolved.at(Path.of("any"))).getBytes(StandardCharsets.UTF_8)))
                        .with(facts(model, labels, normalization)),
                text(resolved),
                Environment.facts());
        return new OpenedRun(training, model.model(), opened.val(), text(resolved), loaders);
    }

    /** What the loaded weights said of the network, but not of the picture's size: the run has its own. */
    private static Map<String, String> facts(
            OpenedModel model, Map<String, Labels> labels, Normalization normalization) {
        Map<String, String> facts = WeightFacts.metadata(model, labels, normalization);
        facts.remove("vertebra.input_size");
        return facts;
    }

    private String text(Recipe recipe) {
        return new YamlWriter(false).write(recipes.rendered(recipe));
    }
}
