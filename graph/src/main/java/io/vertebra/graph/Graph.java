package io.vertebra.graph;

import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A model: operators in topological order, with named inputs, outputs and parameters. An immutable value without any
 * memory of an engine.
 */
public final class Graph {
    private final List<Node> nodes;
    private final Map<String, Node> outputs;
    private final List<ParameterSpec> parameters;

    private Graph(List<Node> nodes, Map<String, Node> outputs) {
        this.nodes = List.copyOf(nodes);
        this.outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
        this.parameters = List.copyOf(distinct(nodes).values());
    }

    /** The parameters by name; nodes that share them agree on them and are the same operator. */
    private static Map<String, ParameterSpec> distinct(List<Node> nodes) {
        Map<String, ParameterSpec> all = new LinkedHashMap<>();
        Map<String, Op> operators = new HashMap<>();
        for (Node node : nodes) {
            for (ParameterSpec spec : node.parameters()) {
                ParameterSpec before = all.putIfAbsent(spec.name(), spec);
                if (before != null && !before.equals(spec)) {
                    throw new GraphException(
                            node.name(), "shares " + spec.name() + " of " + before.shape() + " as " + spec.shape());
                }
            }
            Op before = operators.putIfAbsent(node.scope(), node.op());
            if (before != null && !before.equals(node.op())) {
                throw new GraphException(node.name(), "shares " + node.scope() + " of " + before + " as " + node.op());
            }
        }
        return all;
    }

    /** The graph of what these outputs need; nodes are numbered anew, in the order in which they were made. */
    static Graph of(Map<String, Node> outputs) {
        if (outputs.isEmpty()) {
            throw new GraphException("a graph needs an output");
        }
        Map<Integer, Node> needed = new TreeMap<>();
        Deque<Node> open = new ArrayDeque<>(outputs.values());
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (needed.put(node.index(), node) == null) {
                node.inputs().forEach(open::push);
            }
        }
        List<Node> nodes = new ArrayList<>();
        Map<Integer, Node> renumbered = new HashMap<>();
        for (Node old : needed.values()) {
            List<Node> inputs =
                    old.inputs().stream().map(i -> renumbered.get(i.index())).toList();
            Node node = new Node(nodes.size(), old.name(), old.scope(), old.op(), inputs);
            renumbered.put(old.index(), node);
            nodes.add(node);
        }
        Map<String, Node> kept = new LinkedHashMap<>();
        outputs.forEach((name, node) -> kept.put(name, renumbered.get(node.index())));
        return new Graph(nodes, kept);
    }

    /** All nodes; inputs of a node come before it. */
    public List<Node> nodes() {
        return nodes;
    }

    /** The nodes that the caller feeds. */
    public List<Node> inputs() {
        return nodes.stream().filter(n -> n.op() instanceof Input).toList();
    }

    /** The outputs by name, in the order in which they were named. */
    public Map<String, Node> outputs() {
        return outputs;
    }

    /** The node of an output. */
    public Node output(String name) {
        Node node = outputs.get(name);
        if (node == null) {
            throw new GraphException(name, "is no output; there are " + String.join(", ", outputs.keySet()));
        }
        return node;
    }

    /** The node of this name. */
    public Node node(String name) {
        return nodes.stream()
                .filter(n -> n.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new GraphException(name, "is no node of this graph"));
    }

    /** All parameters and buffers in state-dict order, with their full names. */
    public List<ParameterSpec> parameters() {
        return parameters;
    }

    /** The elements of all parameters that gradients train; buffers do not count. */
    public long parameterCount() {
        return parameters.stream()
                .filter(ParameterSpec::isTrainable)
                .mapToLong(p -> p.shape().elements())
                .sum();
    }

    /** The shapes of all nodes, by index, for inputs of these shapes, by name; every extent is known. */
    public List<Shape> shapes(Map<String, Shape> inputShapes) {
        List<Shape> shapes = new ArrayList<>(nodes.size());
        for (Node node : nodes) {
            Shape shape = node.op() instanceof Input input ? given(node, input, inputShapes) : output(node, shapes);
            shapes.add(shape);
        }
        return List.copyOf(shapes);
    }

    /** The same for one picture of this size; every input that is a map has it, and a picture one object. */
    public List<Shape> shapes(Size picture) {
        Map<String, Shape> given = new HashMap<>();
        for (Node input : inputs()) {
            Shape one = withRows(input.shape().with(0, 1));
            boolean isMap = one.rank() == 4;
            given.put(input.name(), isMap ? one.with(2, picture.height()).with(3, picture.width()) : one);
        }
        return shapes(given);
    }

    /** The shape of an input with one row for each picture where their number is not known, such as that of objects. */
    static Shape withRows(Shape input) {
        boolean areRows = input.rank() == 2 || (input.rank() == 3 && input.get(2) != Shape.ANY);
        return areRows && input.get(1) == Shape.ANY ? input.with(1, 1) : input;
    }

    private static Shape output(Node node, List<Shape> shapes) {
        try {
            return node.op()
                    .output(node.inputs().stream()
                            .map(n -> shapes.get(n.index()))
                            .toList());
        } catch (GraphException e) {
            throw new GraphException(node.name(), e.getMessage());
        }
    }

    private static Shape given(Node node, Input input, Map<String, Shape> inputShapes) {
        Shape given = inputShapes.get(node.name());
        if (given == null) {
            throw new GraphException(node.name(), "is an input that was not given");
        }
        Shape wanted = input.shape();
        boolean fits = given.rank() == wanted.rank() && given.isKnown();
        for (int axis = 0; fits && axis < wanted.rank(); axis++) {
            boolean same = wanted.get(axis) == Shape.ANY || wanted.get(axis) == given.get(axis);
            fits = same && given.get(axis) > 0;
        }
        if (!fits) {
            throw new GraphException(node.name(), "has the shape " + given + ", the model wants " + wanted);
        }
        return given;
    }

    /** The same operators without the outputs that are not named, and without what only those need. */
    public Graph withOutputs(String... names) {
        Map<String, Node> chosen = new LinkedHashMap<>();
        Arrays.stream(names).forEach(name -> chosen.put(name, output(name)));
        return of(chosen);
    }

    /**
     * The part behind an output: where its value was computed there is an input of the output's name, with an unknown first
     * extent. The output itself is none of this graph.
     */
    public Graph cut(String name) {
        Node value = output(name);
        Shape shape = value.shape().with(0, Shape.ANY);
        Map<Integer, Node> copies = new HashMap<>();
        for (Node old : nodes) {
            boolean isCut = old == value;
            Op op = isCut ? new Input(value.op().type(), shape) : old.op();
            List<Node> inputs = isCut
                    ? List.of()
                    : old.inputs().stream().map(i -> copies.get(i.index())).toList();
            String called = isCut ? name : old.name();
            if (!isCut && called.equals(name)) {
                throw new GraphException(name, "is the name of two nodes");
            }
            copies.put(old.index(), new Node(old.index(), called, isCut ? name : old.scope(), op, inputs));
        }
        Map<String, Node> others = new LinkedHashMap<>();
        outputs.forEach((output, node) -> {
            if (node != value) {
                others.put(output, copies.get(node.index()));
            }
        });
        return of(others);
    }

    /** What an output needs, with all outputs that lie on the way; this graph where that is all of it. */
    public Graph upTo(String output) {
        Set<String> needed =
                withOutputs(output).nodes().stream().map(Node::name).collect(Collectors.toSet());
        Map<String, Node> kept = new LinkedHashMap<>(outputs);
        kept.values().removeIf(node -> !needed.contains(node.name()));
        return kept.size() == outputs.size() ? this : of(kept);
    }

    /** A table: index, name, operator, output shape, parameters. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        int width = nodes.stream().mapToInt(n -> n.name().length()).max().orElse(0);
        for (Node node : nodes) {
            long count = node.parameters().stream()
                    .filter(ParameterSpec::isTrainable)
                    .mapToLong(p -> p.shape().elements())
                    .sum();
            text.append(String.format(
                    Locale.ROOT,
                    "%4d  %-" + width + "s  %-22s %-22s %12s  <- %s%n",
                    node.index(),
                    node.name(),
                    node.op().kind(),
                    node.shape(),
                    count == 0 ? "" : String.format(Locale.ROOT, "%,d", count),
                    String.join(", ", node.inputs().stream().map(Node::name).toList())));
        }
        outputs.forEach((name, node) ->
                text.append("output ").append(name).append(" = ").append(node).append(System.lineSeparator()));
        return text.toString();
    }
}
