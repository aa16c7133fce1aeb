package io.vertebra.app.recipe;

import io.vertebra.graph.Conventions;
import io.vertebra.graph.engine.Precision;
import io.vertebra.images.Normalization;
import io.vertebra.tasks.config.EvaluateConfig;
import io.vertebra.tasks.config.TrainConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A whole run, as one YAML file describes it.
 *
 * @param task what kind of problem it is
 * @param seed of everything random: initial weights, order, augmentation, dropout
 * @param engine what computes; {@code auto} takes the fastest that works here
 * @param precision numbers that are computed in
 * @param output the run's folder; left out: runs/ and the name of the backbone
 * @param model the network
 * @param data the pictures
 * @param train how the network learns
 * @param evaluate how it is measured
 */
public record Recipe(
        TaskName task,
        Long seed,
        EngineName engine,
        Precision precision,
        Path output,
        ModelSection model,
        DataSection data,
        TrainConfig train,
        EvaluateConfig evaluate) {

    /** The word of a registered task. */
    public record TaskName(String name) {}

    /** The word of an engine of this installation, or {@code auto}. */
    public record EngineName(String name) {}

    /** Fills in defaults. */
    public Recipe {
        Objects.requireNonNull(task, "task");
        Objects.requireNonNull(model, "model");
        seed = seed == null ? 1L : seed;
        engine = engine == null ? new EngineName("auto") : engine;
        precision = precision == null ? Precision.FP32 : precision;
        train = train == null ? TrainConfig.defaults() : train;
        evaluate = evaluate == null ? EvaluateConfig.defaults() : evaluate;
    }

    /** Where the run goes. */
    public Path folder() {
        return output == null ? Path.of("runs", model.backbone().name()) : output;
    }

    /** The constants that its pictures are normalised by, given those that the weights ask for. */
    public Normalization normalization(Normalization ofWeights) {
        return data == null ? ofWeights : data.normalize().constants(ofWeights);
    }

    /** The same with the classes, normalisation and conventions that were found, so that it means the same without the weights. */
    Recipe resolved(List<String> classes, Normalization normalization, Conventions conventions) {
        DataSection found = data.resolved(classes, new Normalize.Fixed(normalization.mean(), normalization.std()));
        ModelSection built = new ModelSection(
                model.backbone(),
                model.neck(),
                model.heads() == null ? model.head() : null,
                model.heads(),
                model.auxiliary(),
                model.weights(),
                ConventionsSection.of(conventions));
        return new Recipe(task, seed, engine, precision, output, built, found, train, evaluate);
    }

    /** The same in another folder. */
    Recipe at(Path folder) {
        return new Recipe(task, seed, engine, precision, folder, model, data, train, evaluate);
    }
}
