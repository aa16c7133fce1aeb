package io.vertebra.tasks.training;

import io.vertebra.datasets.loading.Loader;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.op.Check;
import io.vertebra.heads.Stages;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.config.EvaluateConfig;
import io.vertebra.tasks.config.Horizon;
import io.vertebra.tasks.config.TrainConfig;
import io.vertebra.tasks.runs.WeightMetadata;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * All that a training is given; what is open stays the caller's to close.
 *
 * @param problem what is learnt
 * @param graph with the output {@code loss}, from {@link TrainingGraphs#of(io.vertebra.heads.Model, Problem)}
 * @param stages of the same model, for freezing and layer-wise rates
 * @param parameters before the first update; copied
 * @param engine that runs the graph
 * @param precision that it computes in
 * @param seed of dropout; the loader has its own
 * @param train the config's section
 * @param evaluate the config's section
 * @param data training batches
 * @param validation what is measured; without it nothing is
 * @param metadata of the weight files; its config digest must not depend on the output folder
 * @param configText the resolved config, for the report
 * @param environment versions, machine and threads, for {@code env.json} and the report
 */
public record Training(
        Problem problem,
        Graph graph,
        Stages stages,
        Parameters parameters,
        Engine engine,
        Precision precision,
        long seed,
        TrainConfig train,
        EvaluateConfig evaluate,
        Loader data,
        Optional<Validation> validation,
        WeightMetadata metadata,
        String configText,
        Map<String, String> environment) {

    /** Copies the map and checks what the records cannot know by themselves. */
    public Training {
        environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
        Check.that(
                evaluate.best().isEmpty() || problem.metrics().contains(evaluate.best()),
                "best",
                "%s is no metric of %s; there are %s",
                evaluate.best(),
                metadata.task(),
                String.join(", ", problem.metrics()));
        Check.that(
                train.freeze().stages() <= stages.count(),
                "stages",
                "%d cannot be frozen, the backbone has %d",
                train.freeze().stages(),
                stages.count());
        Check.that(
                train.accumulate() <= data.batchesPerEpoch(),
                "accumulate",
                "is %d, but an epoch has only %d batches",
                train.accumulate(),
                data.batchesPerEpoch());
    }

    /** How often a picture was unreadable and left out. */
    long skipped() {
        return data.skipped() + validation.map(v -> v.loader().skipped()).orElse(0L);
    }

    /** The metric that says which weights are best. */
    String bestMetric() {
        return evaluate.best().isEmpty() ? problem.metrics().get(0) : evaluate.best();
    }

    /** Updates in one epoch: its last one may average over fewer batches. */
    long stepsPerEpoch() {
        return ((long) data.batchesPerEpoch() + train.accumulate() - 1) / train.accumulate();
    }

    /** How long it takes. */
    Horizon horizon() {
        boolean inEpochs = train.iterations() == 0;
        long steps = inEpochs ? train.epochs() * stepsPerEpoch() : train.iterations();
        return new Horizon(steps, stepsPerEpoch(), inEpochs);
    }
}
