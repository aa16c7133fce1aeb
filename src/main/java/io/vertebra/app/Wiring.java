package io.vertebra.app;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Key;
import com.google.inject.Module;
import com.google.inject.Stage;
import com.google.inject.TypeLiteral;
import io.vertebra.app.config.Binding;
import io.vertebra.app.config.ConfigException;
import io.vertebra.app.recipe.ClassNames;
import io.vertebra.app.recipe.DataOpener;
import io.vertebra.app.recipe.HeadLabels;
import io.vertebra.app.recipe.ModelOpener;
import io.vertebra.app.recipe.ModelSection;
import io.vertebra.app.recipe.OpenedData;
import io.vertebra.app.recipe.OpenedModel;
import io.vertebra.app.recipe.Recipe;
import io.vertebra.app.recipe.RecipeCheck;
import io.vertebra.app.recipe.Recipes;
import io.vertebra.app.recipe.RunOpener;
import io.vertebra.backbones.BackbonesModule;
import io.vertebra.backbones.zoo.UserCache;
import io.vertebra.backbones.zoo.WeightStore;
import io.vertebra.datasets.DatasetsModule;
import io.vertebra.heads.HeadsModule;
import io.vertebra.heads.Model;
import io.vertebra.heads.Models;
import io.vertebra.tasks.Labels;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.Setting;
import io.vertebra.tasks.Task;
import io.vertebra.tasks.TasksModule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/** All that is registered, put together; made by the commands that need it, for it takes a quarter of a second. */
public final class Wiring {
    private final Engines engines = Engines.found();
    private final Injector injector;

    /** What comes with Vertebra, and the modules that are found on the class path; nothing is downloaded. */
    public Wiring() {
        this(cache().offline(true));
    }

    /** The same for a command that may download published weights, and tells of it. */
    public Wiring(Console console, CommonOptions options) {
        this(
                options.isOffline()
                        ? cache().offline(true)
                        : cache().progress(new DownloadReport(console, System::nanoTime)));
    }

    private static WeightStore cache() {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.putIfAbsent("HOME", System.getProperty("user.home"));
        return UserCache.store(environment);
    }

    private Wiring(WeightStore weights) {
        List<Module> modules = new ArrayList<>(List.of(
                new BackbonesModule(),
                new HeadsModule(),
                new DatasetsModule(),
                new TasksModule(),
                new AbstractModule() {
                    @Override
                    protected void configure() {
                        bind(Engines.class).toInstance(engines);
                        bind(WeightStore.class).toInstance(weights);
                    }
                }));
        ServiceLoader.load(VertebraModule.class).forEach(modules::add);
        injector = Guice.createInjector(Stage.PRODUCTION, modules);
    }

    /** The engines of this installation. */
    public Engines engines() {
        return engines;
    }

    /** Reads recipes. */
    public Recipes recipes() {
        return injector.getInstance(Recipes.class);
    }

    /** Looks for what is wrong with a recipe. */
    public RecipeCheck check() {
        return injector.getInstance(RecipeCheck.class);
    }

    /** Opens the pictures of recipes. */
    public DataOpener data() {
        return injector.getInstance(DataOpener.class);
    }

    /** Opens the validation pictures of a recipe, which must name some. */
    public OpenedData.Part validation(Binding<Recipe> binding) {
        Recipe recipe = binding.value();
        if (recipe.data() == null) {
            binding.fault("data", "is missing; there is nothing to measure on");
            throw new ConfigException(binding.faults());
        }
        OpenedData opened = data().open(binding, recipe.data(), recipe.seed());
        if (opened.val().isEmpty()) {
            binding.fault("data", "names no pictures to measure on; it needs val, or train with split");
        }
        binding.value(); // all faults at once
        return opened.val().orElseThrow();
    }

    /** Opens models. */
    public ModelOpener model() {
        return injector.getInstance(ModelOpener.class);
    }

    /** Opens trainings. */
    public RunOpener runs() {
        return injector.getInstance(RunOpener.class);
    }

    /** Finds names of classes. */
    public ClassNames classNames() {
        return injector.getInstance(ClassNames.class);
    }

    /** Asks the tasks for the classes of heads. */
    public HeadLabels heads() {
        return injector.getInstance(HeadLabels.class);
    }

    /**
     * The model of a recipe with as many outputs as the classes that its weights name, else its data section, else as its
     * weights have, else as published.
     *
     * @param published by the key of the head
     */
    public OpenedModel model(Recipe recipe, Map<String, Integer> published) {
        ModelSection section = recipe.model();
        Optional<OpenedModel.Weights> weights = model().header(section);
        boolean isCounted = section.heads() == null
                && weights.isPresent()
                && weights.get().info().outputs().isPresent();
        Map<String, Integer> outputs = new LinkedHashMap<>(isCounted ? Map.of() : published); // then the opener counts
        boolean isTold = section.heads() == null
                && !section.task().equals("segmentation")
                && recipe.data() != null
                && recipe.data().classes() != null;
        if (isTold) {
            outputs.putAll(
                    heads().outputs(section, Map.of("", Labels.of(recipe.data().classes()))));
        }
        outputs.putAll(heads().outputs(
                        section, weights.map(OpenedModel.Weights::labels).orElse(Map.of())));
        return model().open(section, weights, outputs);
    }

    /** The task of a recipe on a model, as it is measured. */
    public Problem problem(Recipe recipe, Model model, Map<String, Labels> labels) {
        return injector.getInstance(Key.get(new TypeLiteral<Map<String, Task>>() {}))
                .get(recipe.task().name())
                .open(new Setting(model, "", labels, recipe.train().loss(), recipe.evaluate(), false));
    }

    /** The models by name. */
    public Models models() {
        return injector.getInstance(Models.class);
    }
}
