package io.vertebra.app.recipe;

import io.vertebra.datasets.loading.Loader;
import io.vertebra.tasks.training.Training;
import java.util.List;

/**
 * A run with everything open: data, model, engine.
 *
 * @param training what the trainer is given
 * @param configText the complete recipe, with classes and normalisation as they were found
 * @param loaders to be closed
 */
public record OpenedRun(Training training, String configText, List<Loader> loaders) implements AutoCloseable {
    @Override
    public void close() {
        loaders.forEach(Loader::close);
    }
}
