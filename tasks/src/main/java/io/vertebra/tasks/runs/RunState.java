package io.vertebra.tasks.runs;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The counters of a training, as {@code state.json} of a checkpoint holds them: all that, with the tensors and the config, makes the
 * rest of the run the same bit for bit.
 *
 * @param seed of order, augmentation and dropout
 * @param epoch passes over the data that are complete
 * @param step updates done
 * @param batch batches of the present epoch that are done
 * @param batches batches done in all
 * @param steps updates in all
 * @param schedule name of the learning rate's course
 * @param learningRate of the last update, 0 before the first
 * @param emaDecay 0 if no average is kept
 * @param precision numbers that the engine computes in
 * @param engine name, version and threads, which are part of the promise
 * @param configDigest of the resolved config
 * @param loggedStep the last step that has a row in the logs
 * @param lossSums of the losses and their parts since then
 * @param lossCount batches since then
 * @param samples seen in all
 * @param seconds of training in all
 * @param dataSeconds of them spent waiting for data
 * @param evaluations all so far
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record RunState(
        long seed,
        long epoch,
        long step,
        long batch,
        long batches,
        long steps,
        String schedule,
        double learningRate,
        double emaDecay,
        String precision,
        String engine,
        String configDigest,
        long loggedStep,
        Map<String, Double> lossSums,
        long lossCount,
        long samples,
        double seconds,
        double dataSeconds,
        List<Evaluated> evaluations) {

    /**
     * An evaluation in training.
     *
     * @param step updates before it
     * @param value of the metric that says what is best
     */
    public record Evaluated(long step, double value) {}

    /** Copies list and map. */
    public RunState {
        lossSums = Collections.unmodifiableMap(new LinkedHashMap<>(lossSums));
        evaluations = List.copyOf(evaluations);
    }

    /** The evaluations, the best first; of equal ones the earlier, NaN last. */
    public static List<Evaluated> ranked(List<Evaluated> evaluations, boolean higherIsBetter) {
        Comparator<Evaluated> ascending = Comparator.comparingDouble(Evaluated::value);
        return evaluations.stream()
                .sorted(Comparator.<Evaluated, Boolean>comparing(e -> Double.isNaN(e.value()))
                        .thenComparing(higherIsBetter ? ascending.reversed() : ascending))
                .toList();
    }
}
