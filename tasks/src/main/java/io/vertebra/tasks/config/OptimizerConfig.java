package io.vertebra.tasks.config;

import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.op.Check;
import java.util.Map;

/** The section {@code train.optimizer}; its key {@code name} picks one of {@link #NAMES}. */
public sealed interface OptimizerConfig {

    /** The optimizers by name. */
    Map<String, Class<? extends OptimizerConfig>> NAMES = Map.of("sgd", Sgd.class, "adamw", AdamW.class);

    /** Before the schedule's factor. */
    Double learningRate();

    /** Of weights; biases and norms never decay. */
    Double weightDecay();

    /** Factor of the learning rate from each stage of the backbone to the one before it; 1: the same rate everywhere. */
    Double layerDecay();

    /** The rule that the engine follows. */
    Optimizer rule();

    /**
     * Stochastic gradient descent with momentum.
     *
     * @param learningRate before the schedule's factor
     * @param momentum share of the last step that is kept, in [0, 1)
     * @param nesterov whether to look ahead
     * @param weightDecay of weights; biases and norms never decay
     * @param layerDecay factor of the learning rate from each stage of the backbone to the one before it
     */
    record Sgd(Double learningRate, Double momentum, Boolean nesterov, Double weightDecay, Double layerDecay)
            implements OptimizerConfig {
        /** Fills in and checks. */
        public Sgd {
            learningRate = Default.of(learningRate, 0.01);
            momentum = Default.of(momentum, 0.9);
            nesterov = Default.of(nesterov, false);
            weightDecay = Default.of(weightDecay, 1e-4);
            layerDecay = Default.of(layerDecay, 1.0);
            check(learningRate, weightDecay, layerDecay);
            new Optimizer.Sgd(momentum, nesterov); // checks both
        }

        @Override
        public Optimizer rule() {
            return new Optimizer.Sgd(momentum, nesterov);
        }
    }

    /**
     * Adam with decoupled weight decay.
     *
     * @param learningRate before the schedule's factor
     * @param beta1 share of the mean gradient that is kept, in [0, 1)
     * @param beta2 share of the mean squared gradient that is kept, in [0, 1)
     * @param epsilon added to the root of the mean square
     * @param weightDecay of weights; biases and norms never decay
     * @param layerDecay factor of the learning rate from each stage of the backbone to the one before it
     */
    record AdamW(Double learningRate, Double beta1, Double beta2, Double epsilon, Double weightDecay, Double layerDecay)
            implements OptimizerConfig {
        /** Fills in and checks. */
        public AdamW {
            learningRate = Default.of(learningRate, 1e-3);
            beta1 = Default.of(beta1, 0.9);
            beta2 = Default.of(beta2, 0.999);
            epsilon = Default.of(epsilon, 1e-8);
            weightDecay = Default.of(weightDecay, 0.05);
            layerDecay = Default.of(layerDecay, 1.0);
            check(learningRate, weightDecay, layerDecay);
            new Optimizer.AdamW(beta1, beta2, epsilon); // checks them
        }

        @Override
        public Optimizer rule() {
            return new Optimizer.AdamW(beta1, beta2, epsilon);
        }
    }

    private static void check(double learningRate, double weightDecay, double layerDecay) {
        Check.that(
                learningRate > 0 && learningRate < Double.POSITIVE_INFINITY,
                "learning_rate",
                "must be above 0, is %s",
                learningRate);
        Check.that(weightDecay >= 0 && weightDecay < 1, "weight_decay", "must lie in [0, 1), is %s", weightDecay);
        Check.that(layerDecay > 0 && layerDecay <= 1, "layer_decay", "must lie in (0, 1], is %s", layerDecay);
    }
}
