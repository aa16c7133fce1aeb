package io.vertebra.tasks.training;

import io.vertebra.tasks.runs.RunState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a training counts, apart from tensors; goes into each checkpoint and comes back from it. */
final class Counters {
    long step;
    long batches;
    long samples;
    double learningRate;
    double seconds;
    double dataSeconds;

    /** The last step that has a row in the logs, and the losses since then. */
    long loggedStep = -1;

    /** By output: {@code loss} and its parts. */
    private final Map<String, Double> lossSums = new LinkedHashMap<>();

    long lossCount;
    final List<RunState.Evaluated> evaluations = new ArrayList<>();

    void restore(RunState saved) {
        step = saved.step();
        batches = saved.batches();
        samples = saved.samples();
        learningRate = saved.learningRate();
        seconds = saved.seconds();
        dataSeconds = saved.dataSeconds();
        loggedStep = saved.loggedStep();
        lossSums.clear();
        lossSums.putAll(saved.lossSums());
        lossCount = saved.lossCount();
        evaluations.clear();
        evaluations.addAll(saved.evaluations());
    }

    RunState state(Training training) {
        long perEpoch = training.stepsPerEpoch();
        return new RunState(
                training.seed(),
                step / perEpoch,
                step,
                step % perEpoch * training.train().accumulate(),
                batches,
                training.horizon().steps(),
                training.train().schedule().name(),
                learningRate,
                training.train().ema().decay(),
                precision(training),
                engine(training),
                training.metadata().configDigest(),
                loggedStep,
                lossSums,
                lossCount,
                samples,
                seconds,
                dataSeconds,
                evaluations);
    }

    static String precision(Training training) {
        return training.precision().name().toLowerCase(java.util.Locale.ROOT);
    }

    static String engine(Training training) {
        return training.engine().name() + " " + training.engine().version();
    }

    void addLoss(String name, double loss) {
        lossSums.merge(name, loss, Double::sum);
    }

    /** The mean of each loss since the last row of the logs; empty if there were no batches. */
    Map<String, Double> meanLosses() {
        Map<String, Double> means = new LinkedHashMap<>();
        lossSums.forEach((name, sum) -> means.put(name, sum / lossCount));
        return means;
    }

    void clearLosses() {
        lossSums.clear();
        lossCount = 0;
    }

    /** The epoch that the last update belonged to, from 1; 0 before the first. */
    long epoch(long stepsPerEpoch) {
        return (step + stepsPerEpoch - 1) / stepsPerEpoch;
    }

    boolean isEvaluated() {
        return !evaluations.isEmpty() && evaluations.get(evaluations.size() - 1).step() == step;
    }

    /** Evaluations since the best one. */
    int sinceBest(boolean higherIsBetter) {
        if (evaluations.isEmpty()) {
            return 0;
        }
        RunState.Evaluated best = RunState.ranked(evaluations, higherIsBetter).get(0);
        return evaluations.size() - 1 - evaluations.indexOf(best);
    }
}
