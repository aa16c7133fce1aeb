package io.vertebra.graph.engine;

import io.vertebra.graph.Graph;
import java.util.Locale;

/** What every engine checks before it opens a graph, so that all refuse in the same words. */
public final class OpeningChecks {
    private OpeningChecks() {}

    /**
     * That these options go with parameters.
     *
     * @param advice what to do where the precision is not served: {@code use precision fp32}
     */
    public static void requireForParameters(Engine engine, Options options, String advice) {
        requireServed(engine, options.precision(), advice);
        if (options.mode() == Options.Mode.TRAINING) {
            throw new IllegalArgumentException("a session for training is opened from a TrainingState");
        }
    }

    /**
     * That these options go with a training state, and that the graph has a loss.
     *
     * @param advice what to do where the precision is not served
     */
    public static void requireForState(Engine engine, Graph graph, Options options, String advice) {
        requireServed(engine, options.precision(), advice);
        if (options.mode() != Options.Mode.TRAINING) {
            throw new IllegalArgumentException("a session for inference or gradients is opened from Parameters");
        }
        graph.output("loss");
    }

    private static void requireServed(Engine engine, Precision precision, String advice) {
        if (!engine.precisions().contains(precision)) {
            throw new EngineException(
                    EngineException.Kind.UNSUPPORTED,
                    engine.name() + ": precision " + precision.name().toLowerCase(Locale.ROOT) + " is not served; "
                            + advice);
        }
    }
}
