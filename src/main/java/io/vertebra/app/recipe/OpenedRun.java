package io.vertebra.app.recipe;

import io.vertebra.datasets.loading.Loader;
import io.vertebra.heads.Model;
import io.vertebra.tasks.training.Training;
import java.util.List;
import java.util.Optional;

/**
 * A run with everything open: data, model, engine.
 *
 * @param training what the trainer is given
 * @param model what is trained
 * @param validation what is measured on
 * @param configText the complete recipe, with classes, normalisation and conventions as they were found
 * @param loaders to be closed
 */
public record OpenedRun(
        Training training, Model model, Optional<OpenedData.Part> validation, String configText, List<Loader> loaders)
        implements AutoCloseable {
    @Override
    public void close() {
        loaders.forEach(Loader::close);
    }
}
