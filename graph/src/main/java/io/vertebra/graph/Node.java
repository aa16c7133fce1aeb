package io.vertebra.graph;

import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import java.util.List;

/**
 * One use of an operator in a graph; its value is one tensor.
 *
 * <p>Nodes are compared by identity. The shape may have unknown extents, see {@link Shape#ANY}.
 */
public final class Node {
    private final int index;
    private final String name;
    private final Op op;
    private final List<Node> inputs;
    private final Shape shape;
    private final int reduction;
    private final String scope;

    Node(int index, String name, String scope, Op op, List<Node> inputs) {
        this.index = index;
        this.name = name;
        this.scope = scope;
        this.op = op;
        this.inputs = List.copyOf(inputs);
        if (op.arity() == Shape.ANY ? inputs.isEmpty() : inputs.size() != op.arity()) {
            throw new GraphException(op.kind(), "cannot take " + inputs.size() + " inputs");
        }
        this.shape = op.output(inputShapes());
        this.reduction = op.reduction() * (inputs.isEmpty() ? 1 : inputs.get(op.sizedBy()).reduction);
    }

    /** The place in topological order, from 0. */
    public int index() {
        return index;
    }

    /** Scopes and layer, joined with points, as in the published state dict: {@code layer1.0.conv1}. */
    public String name() {
        return name;
    }

    /**
     * What the names of its parameters begin with: its own name, or that of another node whose parameters it uses too, such
     * as a head that is the same for every level.
     */
    public String scope() {
        return scope;
    }

    /** The full name of a parameter: {@code parameter("weight")} is {@code layer1.0.conv1.weight}. */
    public String parameter(String local) {
        return scope.isEmpty() ? local : scope + "." + local;
    }

    /** What is computed. */
    public Op op() {
        return op;
    }

    /** Whose values the operator takes. */
    public List<Node> inputs() {
        return inputs;
    }

    /** The shape of the value. */
    public Shape shape() {
        return shape;
    }

    /** The channels of the value. */
    public int channels() {
        return shape.c();
    }

    /** How many times smaller than the picture the value is: the product of the strides on the way. */
    public int reduction() {
        return reduction;
    }

    /** The parameters of this node under their full names. */
    public List<ParameterSpec> parameters() {
        return op.parameters(inputShapes()).stream().map(p -> p.in(scope)).toList();
    }

    private List<Shape> inputShapes() {
        return inputs.stream().map(Node::shape).toList();
    }

    @Override
    public String toString() {
        return name + " " + shape;
    }
}
