package io.vertebra.heads.detection;

import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Op;

/** Layers one behind the other, which are used again on another input with the same parameters. */
final class Chain {
    private Chain() {}

    /** What the layers behind {@code start} that lead to {@code end} make of another node. */
    static Node again(Node end, Node start, Node other, GraphBuilder g) {
        return end == start ? other : g.again(end, again(end.inputs().get(0), start, other, g));
    }

    /** The nearest node of a kind of operator before another one. */
    static Node before(Node end, Class<? extends Op> kind) {
        Node node = end;
        while (!kind.isInstance(node.op())) {
            node = node.inputs().get(0);
        }
        return node;
    }
}
