package io.vertebra.onednn.kernel;

import io.vertebra.graph.op.AnchorAverage;
import io.vertebra.graph.op.HardNegativeCrossEntropy;
import java.nio.IntBuffer;

/** What losses of boxes have in common: {@code d²/(2β)} where |d| &lt; β, {@code |d| − β/2} else. */
final class SmoothL1 {
    private SmoothL1() {}

    /** The loss of so many numbers, over those that count; {@code x} from a place on becomes its gradient. */
    static double row(float[] x, int at, float[] targets, int count, double beta, double scale) {
        double sum = 0;
        for (int k = 0; k < count; k++) {
            double d = (double) x[at + k] - targets[k];
            double distance = Math.abs(d);
            sum += distance < beta ? d * d / (2 * beta) : distance - beta / 2;
            x[at + k] = (float) (scale * (distance < beta ? d / beta : Math.signum(d)));
        }
        return sum;
    }

    /** What a sum over anchors is divided by. */
    static int divisor(IntBuffer labels, int anchors, AnchorAverage average) {
        int least = average == AnchorAverage.POSITIVES ? 1 : HardNegativeCrossEntropy.IGNORE + 1;
        int count = 0;
        for (int a = 0; a < anchors; a++) {
            count += labels.get(a) >= least ? 1 : 0;
        }
        return Math.max(1, count);
    }
}
