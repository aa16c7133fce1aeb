package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.Node;

/** The parameters of a session, as a plan under construction sees them. */
public interface Weights {

    /** A parameter's own F32 values. */
    Operand vector(String name);

    /** The values of an index, which nothing moves while the session is open. */
    int[] indices(String name);

    /** A weight in this type. */
    Operand weight(String name, Type type);

    /** A convolution's weight, in this type, with a norm or layer scale folded in. */
    Operand foldedWeight(Node convolution, Node norm, Type type);

    /** A convolution's bias with a norm or layer scale folded in. */
    Operand foldedBias(Node convolution, Node norm);

    /** Where a parameter's gradient goes. */
    Operand gradient(String name);
}
