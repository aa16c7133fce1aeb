package io.vertebra.graph.plan;

import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import java.util.ArrayList;
import java.util.List;

/**
 * Nodes of the graph that are computed together; values are named by the index of the node that gives them.
 *
 * @param node the operator that does the work
 * @param inputs values that it takes
 * @param output value that it gives
 * @param norm batch norm or layer scale folded into its weights, or {@code null}
 * @param addend value that is added to its result in place, or {@link #NONE}
 * @param activation function applied last, or {@code null}
 * @param resize through which a loss sees its first input, or {@code null}
 */
public record Unit(
        Node node,
        List<Integer> inputs,
        int output,
        Node norm,
        int addend,
        Activation.Function activation,
        Node resize) {

    /** No value. */
    public static final int NONE = -1;

    /** Copies the list. */
    public Unit {
        inputs = List.copyOf(inputs);
    }

    /** A node by itself; inputs of which only the size matters are none of its own. */
    public static Unit of(Node node) {
        List<Integer> read = new ArrayList<>();
        for (int i = 0; i < node.inputs().size(); i++) {
            if (node.op().reads(i)) {
                read.add(node.inputs().get(i).index());
            }
        }
        return new Unit(node, read, node.index(), null, NONE, null, null);
    }

    /** With another norm's value as output. */
    public Unit withNorm(Node folded, int result) {
        return new Unit(node, inputs, result, folded, addend, activation, resize);
    }

    /** With a sum. */
    public Unit withAddend(int value, int result, Activation.Function function) {
        return new Unit(node, inputs, result, norm, value, function, resize);
    }

    /** With an activation. */
    public Unit withActivation(Activation.Function function, int result) {
        return new Unit(node, inputs, result, norm, addend, function, resize);
    }

    /** With other inputs. */
    public Unit withInputs(List<Integer> values) {
        return new Unit(node, values, output, norm, addend, activation, resize);
    }

    /** A loss that resizes its first input as it reads it. */
    public Unit withResize(Node resized, List<Integer> values) {
        return new Unit(node, values, output, norm, addend, activation, resized);
    }

    /** All values that it reads. */
    public List<Integer> reads() {
        if (addend == NONE) {
            return inputs;
        }
        List<Integer> all = new ArrayList<>(inputs);
        all.add(addend);
        return all;
    }

    /** The names of its parts: {@code layer1.0.conv1+layer1.0.bn1+relu}. */
    public String name() {
        return (resize == null ? "" : resize.name() + "+")
                + node.name()
                + (norm == null ? "" : "+" + norm.name())
                + (addend == NONE ? "" : "+add")
                + (activation == null ? "" : "+" + activation.name().toLowerCase(java.util.Locale.ROOT));
    }
}
