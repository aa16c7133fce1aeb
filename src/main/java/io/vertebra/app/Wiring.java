package io.vertebra.app;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Module;
import com.google.inject.Stage;
import io.vertebra.app.recipe.DataOpener;
import io.vertebra.app.recipe.RecipeCheck;
import io.vertebra.app.recipe.Recipes;
import io.vertebra.backbones.BackbonesModule;
import io.vertebra.datasets.DatasetsModule;
import io.vertebra.heads.HeadsModule;
import io.vertebra.heads.Models;
import io.vertebra.tasks.TasksModule;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** All that is registered, put together; made by the commands that need it, for it takes a quarter of a second. */
public final class Wiring {
    private final Engines engines = Engines.found();
    private final Injector injector;

    /** What comes with Vertebra, and the modules that are found on the class path. */
    public Wiring() {
        List<Module> modules = new ArrayList<>(List.of(
                new BackbonesModule(), new HeadsModule(), new DatasetsModule(), new TasksModule(), new AbstractModule() {
                    @Override
                    protected void configure() {
                        bind(Engines.class).toInstance(engines);
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

    /** The models by name. */
    public Models models() {
        return injector.getInstance(Models.class);
    }
}
