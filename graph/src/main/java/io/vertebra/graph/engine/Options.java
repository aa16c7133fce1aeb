package io.vertebra.graph.engine;

import io.vertebra.graph.op.ParameterSpec;
import java.util.Objects;

/**
 * How a graph is opened.
 *
 * @param mode what the session will be asked
 * @param precision numbers that it computes in
 * @param update how weights change; only in {@link Mode#TRAINING}
 * @param groups treatment of each parameter; only in {@link Mode#TRAINING}
 * @param seed of dropout and drop path
 */
public record Options(Mode mode, Precision precision, Update update, Groups groups, long seed) {

    /** What a session is for. */
    public enum Mode {
        /** {@link Session#evaluate} only. */
        INFERENCE,
        /** {@link Session#step} and {@link Session#evaluate}. */
        TRAINING,
        /** {@link Session#gradients} in inference form: running statistics, no dropout. */
        INFERENCE_GRADIENTS,
        /** {@link Session#gradients} in training form: batch statistics, dropout of step 0. */
        TRAINING_GRADIENTS
    }

    /** Checks that an update comes with training, and only then. */
    public Options {
        Objects.requireNonNull(precision, "precision");
        boolean trains = mode == Mode.TRAINING;
        if (trains != (update != null) || trains != (groups != null)) {
            throw new IllegalArgumentException("an update and groups belong to training, and to nothing else");
        }
    }

    /** For inference. */
    public static Options inference(Precision precision) {
        return new Options(Mode.INFERENCE, precision, null, null, 0);
    }

    /** For training. */
    public static Options training(Precision precision, Update update, Groups groups, long seed) {
        return new Options(Mode.TRAINING, precision, update, groups, seed);
    }

    /** For the gradients of all parameters and of the picture. */
    public static Options gradients(Precision precision, boolean trainingForm) {
        Mode mode = trainingForm ? Mode.TRAINING_GRADIENTS : Mode.INFERENCE_GRADIENTS;
        return new Options(mode, precision, null, null, 0);
    }

    /** Whether norms take batch statistics and dropout acts. */
    public boolean isTrainingForm() {
        return mode == Mode.TRAINING || mode == Mode.TRAINING_GRADIENTS;
    }

    /** Whether the session is asked for the gradients of all parameters and of the picture. */
    public boolean isForGradients() {
        return mode == Mode.INFERENCE_GRADIENTS || mode == Mode.TRAINING_GRADIENTS;
    }

    /** How a parameter or buffer is treated; {@link Groups.Group#FROZEN} if nothing is differentiated for it. */
    public Groups.Group group(ParameterSpec spec) {
        if (mode == Mode.TRAINING) {
            return groups.isTrained(spec) ? groups.get(spec.name()) : Groups.Group.FROZEN;
        }
        return isForGradients() && spec.isTrainable() ? new Groups.Group(1, 0, true) : Groups.Group.FROZEN;
    }
}
