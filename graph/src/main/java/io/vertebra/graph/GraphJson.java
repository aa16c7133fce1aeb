package io.vertebra.graph;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Op;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Graphs as JSON and back: {@code {"format": 1, "nodes": [{"name", "op", "attributes", "inputs"}], "outputs": {name:
 * node}}}, inputs and outputs as indices of nodes; {@code "parameters"} is the scope of a node that uses those of another.
 *
 * <p>Only the operators that this version knows are built; no class name is read from the text.
 */
public final class GraphJson {
    private static final int FORMAT = 1;
    private static final ObjectMapper MAPPER = OpJson.mapper();
    private static final Map<String, Class<? extends Op>> KINDS = OpJson.kinds();

    private GraphJson() {}

    /** The text of a graph, one node a line. */
    public static String write(Graph graph) {
        StringBuilder text = new StringBuilder("{\"format\": " + FORMAT + ", \"nodes\": [\n");
        for (Node node : graph.nodes()) {
            ObjectNode json = MAPPER.createObjectNode();
            json.put("name", node.name());
            if (!node.scope().equals(node.name())) {
                json.put("parameters", node.scope());
            }
            json.put("op", node.op().kind());
            json.set("attributes", MAPPER.valueToTree(node.op()));
            ArrayNode inputs = json.putArray("inputs");
            node.inputs().forEach(i -> inputs.add(i.index()));
            text.append(json).append(node.index() + 1 < graph.nodes().size() ? ",\n" : "\n");
        }
        ObjectNode outputs = MAPPER.createObjectNode();
        graph.outputs().forEach((name, node) -> outputs.put(name, node.index()));
        return text.append("], \"outputs\": ").append(outputs).append("}\n").toString();
    }

    /** The graph of a text. Throws {@link GraphException} if it is not one. */
    public static Graph read(String text) {
        try {
            JsonNode json = MAPPER.readTree(text);
            if (json.path("format").asInt() != FORMAT) {
                String given = json.has("format") ? json.get("format").toString() : "missing";
                throw new GraphException("format", "is " + given + ", this version reads " + FORMAT);
            }
            List<Node> nodes = new ArrayList<>();
            for (JsonNode node : json.path("nodes")) {
                nodes.add(node(node, nodes));
            }
            Map<String, Node> outputs = new LinkedHashMap<>();
            json.path("outputs")
                    .properties()
                    .forEach(e -> outputs.put(e.getKey(), at(nodes, e.getValue(), "outputs." + e.getKey())));
            return Graph.of(outputs);
        } catch (JsonProcessingException e) {
            throw new GraphException("graph", "is not JSON of a graph: " + e.getOriginalMessage());
        }
    }

    private static Node node(JsonNode json, List<Node> before) throws JsonProcessingException {
        String name = json.path("name").asText();
        String kind = json.path("op").asText();
        Class<? extends Op> type = KINDS.get(kind);
        if (type == null) {
            throw new GraphException(name, "has the unknown operator " + json.path("op"));
        }
        if (before.stream().anyMatch(n -> n.name().equals(name))) {
            throw new GraphException(name, "is the name of two nodes");
        }
        List<Node> inputs = new ArrayList<>();
        json.path("inputs").forEach(i -> inputs.add(at(before, i, name)));
        try {
            String scope = json.path("parameters").asText(name);
            Op op = OpJson.read(MAPPER, kind, type, json.path("attributes"));
            return new Node(before.size(), name, scope, op, inputs);
        } catch (GraphException e) {
            throw new GraphException(name, e.getMessage());
        } catch (ValueInstantiationException e) {
            if (e.getCause() instanceof GraphException fault) {
                throw new GraphException(name, fault.getMessage());
            }
            throw e;
        }
    }

    private static Node at(List<Node> nodes, JsonNode index, String position) {
        if (!index.canConvertToInt() || index.asInt() < 0 || index.asInt() >= nodes.size()) {
            throw new GraphException(
                    position, "names the node " + index + ", there are " + nodes.size() + " before it");
        }
        return nodes.get(index.asInt());
    }
}
