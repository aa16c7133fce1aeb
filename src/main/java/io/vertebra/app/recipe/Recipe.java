package io.vertebra.app.recipe;

import io.vertebra.graph.Conventions;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Precision;
import io.vertebra.images.Normalization;
import io.vertebra.tasks.config.EvaluateConfig;
import io.vertebra.tasks.config.TrainConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A whole run, as one YAML file describes it.
 *
 * @param task what kind of problem it is
 * @param seed of everything random: initial weights, order, augmentation, dropout
 * @param engine what computes; {@code auto} takes the fastest that works here
 * @param precision numbers that are computed in; {@code auto} takes bf16 where the engine has instructions for it, else fp32
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
        PrecisionName precision,
        Path output,
        ModelSection model,
        DataSection data,
        TrainConfig train,
        EvaluateConfig evaluate) {

    /** The word of a registered task. */
    public record TaskName(String name) {}

    /** The word of an engine of this installation, or {@code auto}. */
    public record EngineName(String name) {}

    /** The word of a precision, or {@code auto}, which leaves the choice to the engine. */
    public record PrecisionName(String name) {
        private static final String AUTO = "auto";

        /** All words, {@code auto} first. */
        static List<String> names() {
            return Stream.concat(Stream.of(AUTO), Stream.of(Precision.values()).map(PrecisionName::word))
                    .toList();
        }

        /** The precision on this engine. */
        public Precision on(Engine engine) {
            return name.equals(AUTO) ? engine.preferred() : Precision.valueOf(name.toUpperCase(Locale.ROOT));
        }

        /** The same, told in a line where the engine chose. */
        Precision on(Engine engine, Consumer<String> say) {
            Precision precision = on(engine);
            if (name.equals(AUTO)) {
                say.accept("precision: auto takes " + word(precision));
            }
            return precision;
        }

        /** Bytes of a value at the least: what {@code auto} takes is known when the engine is open. */
        int leastBytes() {
            return name.equals(AUTO) || name.equals(word(Precision.BF16)) ? 2 : Float.BYTES;
        }

        static String word(Precision precision) {
            return precision.name().toLowerCase(Locale.ROOT);
        }
    }

    /** Fills in defaults. */
    public Recipe {
        Objects.requireNonNull(task, "task");
        Objects.requireNonNull(model, "model");
        seed = seed == null ? 1L : seed;
        engine = engine == null ? new EngineName("auto") : engine;
        precision = precision == null ? new PrecisionName(PrecisionName.word(Precision.FP32)) : precision;
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

    /**
     * The same with the precision, classes, normalisation and conventions that were found, so that it means the same on another
     * machine and without the weights.
     */
    Recipe resolved(Precision computed, List<String> classes, Normalization normalization, Conventions conventions) {
        DataSection found = data.resolved(classes, new Normalize.Fixed(normalization.mean(), normalization.std()));
        ModelSection built = new ModelSection(
                model.backbone(),
                model.neck(),
                model.heads() == null ? model.head() : null,
                model.heads(),
                model.auxiliary(),
                model.weights(),
                ConventionsSection.of(conventions));
        PrecisionName taken = new PrecisionName(PrecisionName.word(computed));
        return new Recipe(task, seed, engine, taken, output, built, found, train, evaluate);
    }

    /** The same in another folder. */
    Recipe at(Path folder) {
        return new Recipe(task, seed, engine, precision, folder, model, data, train, evaluate);
    }
}
