package io.vertebra.onednn.emit;

import io.vertebra.graph.Node;
import io.vertebra.onednn.kernel.MergedGroups;
import io.vertebra.onednn.natives.Desc;

/** The parameters of a session, as a plan under construction sees them. */
public interface Weights {

    /** A parameter's own fp32 values; vectors only, which have one order. */
    Operand vector(String name);

    /** The values of an index, which nothing moves while the session is open. */
    int[] indices(String name);

    /** A copy of a weight for computing, in this type and order; the weight itself where that fits. */
    Operand weight(String name, Desc wanted);

    /** A copy of a grouped convolution's weight with its groups merged. */
    Operand mergedWeight(String name, MergedGroups merged, Desc wanted);

    /** A copy of a convolution's weight with a norm folded in; {@code merged}: and its groups merged, or {@code null}. */
    Operand foldedWeight(Node convolution, Node norm, MergedGroups merged, Desc wanted);

    /** A copy of a convolution's bias with a norm folded in. */
    Operand foldedBias(Node convolution, Node norm);

    /** The order of a weight and its gradient, or {@code null} while the first plan that trains decides. */
    Desc masterOrder(String name);

    /** Decides the order of a weight and its gradient; only while {@link #masterOrder} is {@code null}. */
    void decideOrder(String name, Desc order);

    /** Where a parameter's gradient goes. */
    Operand gradient(String name);
}
