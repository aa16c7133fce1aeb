package io.vertebra.onednn.kernel;

import io.vertebra.graph.engine.Optimizer;
import java.nio.ByteBuffer;

/**
 * Passes over the flat arenas of weights, gradients and optimizer arrays; the arithmetic of {@code UpdateFormulas}.
 *
 * <p>All positions are bytes, {@code from} included and {@code to} not, multiples of four.
 */
public interface UpdateKernels {

    /** The numbers of one step of SGD. */
    record SgdStep(float scale, float decay, float momentum, boolean nesterov, float rate) {
        /** From a rule. */
        public static SgdStep of(Optimizer.Sgd rule, double scale, double rate, double decay) {
            return new SgdStep((float) scale, (float) decay, (float) rule.momentum(), rule.nesterov(), (float) rate);
        }
    }

    /** The numbers of one step of AdamW. */
    record AdamWStep(
            float scale, float beta1, float beta2, float keep, float stepSize, float correction, float epsilon) {
        /** From a rule; {@code step} counts the updates before this one. */
        public static AdamWStep of(Optimizer.AdamW rule, double scale, double rate, double decay, long step) {
            return new AdamWStep(
                    (float) scale,
                    (float) rule.beta1(),
                    (float) rule.beta2(),
                    (float) (1 - rate * decay),
                    (float) (rate / (1 - Math.pow(rule.beta1(), (double) (step + 1)))),
                    (float) (1 / Math.sqrt(1 - Math.pow(rule.beta2(), (double) (step + 1)))),
                    (float) rule.epsilon());
        }
    }

    /** Moves weights; {@code m} is {@code null} without momentum. */
    void sgd(ByteBuffer w, ByteBuffer g, ByteBuffer m, int from, int to, SgdStep step);

    /** Moves weights. */
    void adamW(ByteBuffer w, ByteBuffer g, ByteBuffer m, ByteBuffer v, int from, int to, AdamWStep step);

    /** {@code average = decay · average + (1 − decay) · w}. */
    void ema(ByteBuffer average, ByteBuffer w, int from, int to, double decay);

    /** {@code target += source}. */
    void add(ByteBuffer target, ByteBuffer source, int from, int to);

    /** The sum of the squares in double, in an order that depends on nothing but the range. */
    double squares(ByteBuffer g, int from, int to);

    /** The fastest form that this JVM can run: with the Vector API where its module was added, scalar elsewhere. */
    static UpdateKernels choose() {
        return VectorForm.choose(
                UpdateKernels.class,
                "VectorUpdateKernels",
                new ScalarUpdateKernels(),
                kernels -> kernels.add(ByteBuffer.allocateDirect(256), ByteBuffer.allocateDirect(256), 0, 256));
    }
}
