package io.vertebra.graph;

import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.GroupNorm;
import io.vertebra.graph.op.Op;

/**
 * What a user puts in place of a family's own norms and nonlinearities; a builder applies it everywhere in its scope.
 *
 * @param groupNorm group norms in place of batch norms: 32 groups, or the largest power of two below that divides the
 *     channels (arXiv:1803.08494, section 3.1)
 * @param activation in place of every nonlinearity but gates; {@code null}: the family's own
 */
public record Style(boolean groupNorm, Activation.Function activation) {
    private static final int GROUPS = 32;

    /** The family's own. */
    public static final Style OWN = new Style(false, null);

    /** The norm that is used where a family asks for this one. */
    Op norm(BatchNorm asked, int channels) {
        return groupNorm
                ? new GroupNorm(Math.min(GROUPS, Integer.lowestOneBit(channels)), asked.epsilon(), asked.initialScale())
                : asked;
    }

    /** The function that is used where a family asks for this one. */
    Activation.Function activation(Activation.Function asked) {
        return activation == null || asked.isGate() ? asked : activation;
    }
}
