package io.vertebra.tasks.training;

import io.vertebra.graph.engine.Session;
import io.vertebra.graph.op.GraphException;
import io.vertebra.tasks.config.Horizon;
import io.vertebra.tasks.evaluation.Evaluation;
import io.vertebra.tasks.evaluation.Evaluator;
import io.vertebra.tasks.runs.RunLogs;
import io.vertebra.tasks.runs.RunState;
import java.util.Map;
import java.util.Optional;

/** The evaluations of one training: when one is due, what it measures, and whether the figures still get better. */
final class Validations {
    private final Training training;
    private final Counters counters;
    private final Horizon horizon;
    private final RunLogs logs;
    private Optional<Evaluation> last = Optional.empty();

    Validations(Training training, Counters counters, Horizon horizon, RunLogs logs) {
        this.training = training;
        this.counters = counters;
        this.horizon = horizon;
        this.logs = logs;
    }

    boolean isDue() {
        if (training.validation().isEmpty() || counters.isEvaluated()) {
            return false;
        }
        long byEpochs = training.evaluate().everyEpochs() * horizon.stepsPerEpoch();
        long byIterations = training.evaluate().everyIterations();
        boolean isTime = (byEpochs > 0 && counters.step % byEpochs == 0)
                || (byIterations > 0 && counters.step % byIterations == 0);
        return (counters.step > 0 && isTime) || counters.step == horizon.steps();
    }

    /** Measures the weights that are deployed: the moving average where there is one. Empty if it was stopped meanwhile. */
    Optional<Evaluation> measure(Session session, StopSwitch stop) {
        Validation validation = training.validation().orElseThrow();
        Session.Weights weights = training.train().update().hasEma() ? Session.Weights.EMA : Session.Weights.LIVE;
        try {
            last = new Evaluator(training.problem(), validation.data(), validation.loader())
                    .evaluate(session, weights, stop::isStopped);
        } catch (GraphException e) {
            if (training.problem().outputs().contains(e.position())) {
                throw Trainer.diverged(training, logs, counters.step, e.getMessage());
            }
            throw e;
        }
        return last;
    }

    /** What was measured last, in this process. */
    Optional<Evaluation> last() {
        return last;
    }

    /** Notes the figures of the present step; tells whether they are the best so far. */
    boolean note(Map<String, Double> metrics) {
        counters.evaluations.add(new RunState.Evaluated(counters.step, metrics.get(training.bestMetric())));
        return sinceBest() == 0;
    }

    boolean isOutOfPatience() {
        int patience = training.evaluate().patience();
        return patience > 0 && counters.isEvaluated() && sinceBest() >= patience;
    }

    private int sinceBest() {
        return counters.sinceBest(training.problem().isHigherBetter(training.bestMetric()));
    }
}
