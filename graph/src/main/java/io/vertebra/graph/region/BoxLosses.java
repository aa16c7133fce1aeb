package io.vertebra.graph.region;

import io.vertebra.graph.op.Check;

/**
 * Losses of detectors: focal and smooth L1 of numbers, GIoU, DIoU and CIoU of pairs of boxes.
 *
 * <p>Each answers the losses of all rows with their gradients; {@link BoxLoss} reduces them. Arithmetic is double; a logit that is NaN gives a
 * loss that is NaN. The box
 * losses follow torchvision: divisors have 1e-7 added, and where two corners are equal each box gets half of the gradient.
 */
public final class BoxLosses {
    private BoxLosses() {}

    /**
     * Focal loss of logits: {@code a (1 − p_t)^gamma · CE}, elementwise. arXiv:1708.02002, equation 5.
     *
     * <p>{@code p_t = p t + (1 − p)(1 − t)} with {@code p = σ(x)}; {@code a = alpha t + (1 − alpha)(1 − t)}, or 1 where
     * {@code alpha} is negative. Gamma 0 and alpha −1 is plain binary cross entropy.
     *
     * @param targets t in [0, 1]
     */
    public static BoxLoss sigmoidFocal(float[] logits, float[] targets, double alpha, double gamma) {
        Door.length("targets", targets.length, logits.length);
        Check.that(alpha <= 1, "alpha", "must be at most 1, is %s", alpha);
        Check.that(gamma >= 0, "gamma", "must be at least 0, is %s", gamma);
        BoxLoss loss = new BoxLoss(logits.length, 1);
        for (int i = 0; i < logits.length; i++) {
            loss.set(i, Focal.value(logits[i], targets[i], alpha, gamma));
            loss.setGradient(i, Focal.slope(logits[i], targets[i], alpha, gamma));
        }
        return loss;
    }

    /** Smooth L1, elementwise: {@code d² / 2 beta} where |d| is below beta, else {@code |d| − beta / 2}. Fast R-CNN. */
    public static BoxLoss smoothL1(float[] inputs, float[] targets, double beta) {
        Door.length("targets", targets.length, inputs.length);
        Check.that(beta >= 0, "beta", "must be at least 0, is %s", beta);
        BoxLoss loss = new BoxLoss(inputs.length, 1);
        for (int i = 0; i < inputs.length; i++) {
            double difference = (double) inputs[i] - targets[i];
            loss.set(i, smoothL1(difference, beta));
            loss.setGradient(i, smoothL1Slope(difference, beta));
        }
        return loss;
    }

    /** Smooth L1 of a difference; beta 0 is its absolute value. */
    public static double smoothL1(double difference, double beta) {
        double size = Math.abs(difference);
        return size < beta ? difference * difference / (2 * beta) : size - beta / 2;
    }

    /** The derivative of {@link #smoothL1(double, double)}. */
    public static double smoothL1Slope(double difference, double beta) {
        return Math.abs(difference) < beta ? difference / beta : Math.signum(difference);
    }

    /** {@code 1 − GIoU} of boxes (n, 4) and their targets (n, 4). arXiv:1902.09630. */
    public static BoxLoss giou(float[] boxes, float[] targets) {
        return pairs(boxes, targets, BoxPair::giou);
    }

    /** {@code 1 − DIoU} of boxes (n, 4) and their targets (n, 4). arXiv:1911.08287. */
    public static BoxLoss diou(float[] boxes, float[] targets) {
        return pairs(boxes, targets, BoxPair::diou);
    }

    /** {@code 1 − CIoU} of boxes (n, 4) and their targets (n, 4); its factor alpha counts as constant. arXiv:1911.08287. */
    public static BoxLoss ciou(float[] boxes, float[] targets) {
        return pairs(boxes, targets, BoxPair::ciou);
    }

    /** A loss of a pair that writes its gradient. */
    @FunctionalInterface
    private interface Measure {
        double loss(BoxPair pair, double[] gradient);
    }

    private static BoxLoss pairs(float[] boxes, float[] targets, Measure measure) {
        int count = Door.boxes("boxes", boxes);
        Door.boxes("targets", targets);
        Door.length("targets", targets.length, boxes.length);
        BoxLoss loss = new BoxLoss(count, 4);
        BoxPair pair = new BoxPair();
        double[] gradient = new double[4];
        for (int i = 0; i < count; i++) {
            pair.set(boxes, targets, i);
            loss.set(i, measure.loss(pair, gradient));
            for (int k = 0; k < 4; k++) {
                loss.setGradient(4 * i + k, gradient[k]);
            }
        }
        return loss;
    }
}
