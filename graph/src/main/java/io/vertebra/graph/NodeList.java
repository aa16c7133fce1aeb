package io.vertebra.graph;

import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Op;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The nodes of a graph that is being put together, each with a name of its own, and the outputs: what all scopes share. */
final class NodeList {
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Node> byName = new HashMap<>();
    private final Map<String, Node> outputs = new LinkedHashMap<>();

    /** The name, or with a number behind it the first that no node has. */
    String unused(String name) {
        String free = name;
        for (int i = 1; byName.containsKey(free); i++) {
            free = name + "_" + i;
        }
        return free;
    }

    /**
     * Adds a node.
     *
     * @param parameters the scope of its parameters' names
     * @throws GraphException with the node's name before the reason
     */
    Node append(String name, String parameters, Op op, List<Node> inputs) {
        if (byName.containsKey(name)) {
            throw new GraphException(name, "is the name of two nodes");
        }
        inputs.forEach(this::require);
        Node node;
        try {
            node = new Node(nodes.size(), name, parameters, op, inputs);
        } catch (GraphException e) {
            throw new GraphException(name, e.getMessage());
        }
        nodes.add(node);
        byName.put(name, node);
        return node;
    }

    /** Refuses a node of another list. */
    void require(Node node) {
        if (node.index() >= nodes.size() || nodes.get(node.index()) != node) {
            throw new GraphException(node.name(), "is a node of another graph");
        }
    }

    /** Makes a node an output. */
    void output(String name, Node node) {
        require(node);
        if (outputs.putIfAbsent(name, node) != null) {
            throw new GraphException(name, "is an output already");
        }
    }

    /** A copy of the outputs by name, in the order in which they were made. */
    Map<String, Node> outputs() {
        return new LinkedHashMap<>(outputs);
    }
}
