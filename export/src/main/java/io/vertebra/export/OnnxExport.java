package io.vertebra.export;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.RoiPool;
import io.vertebra.graph.op.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes graphs as ONNX models for inference.
 *
 * <p>The pictures have one size, which paddings and grids are resolved for; the batch is free. Dropout and stochastic depth
 * are left out, batch norms stay as such with their running statistics. Parameters that nodes share stand in the file once.
 * Losses, and what draws samples of regions to learn from, are refused by name.
 */
public final class OnnxExport {
    private static final String PRODUCER = "vertebra";

    private OnnxExport() {}

    /**
     * The model of a graph with its parameters, which are not copied: change none before it is written.
     *
     * @throws GraphException if an operator has no ONNX form, the size does not fit the graph, or the file would be too large
     */
    public static OnnxModel of(Graph graph, Parameters parameters, OnnxOptions options) {
        parameters.requireFits(graph);
        options.names().keySet().forEach(name -> requireDoor(graph, name));
        OnnxGraph file = new OnnxGraph();
        graph.inputs().forEach(node -> file.reserve(options.nameOf(node.name())));
        graph.outputs().keySet().forEach(name -> file.reserve(options.nameOf(name)));
        graph.parameters().forEach(spec -> file.reserve(spec.name()));
        write(graph, parameters, options, file);
        Message model = new Message()
                .integer(1, options.format())
                .text(2, PRODUCER)
                .message(7, file.finish(PRODUCER))
                .message(8, new Message().text(1, "").integer(2, options.opset()));
        options.metadata()
                .forEach((key, value) ->
                        model.message(14, new Message().text(1, key).text(2, value)));
        return new OnnxModel(model);
    }

    private static void requireDoor(Graph graph, String name) {
        boolean isInput = graph.inputs().stream().anyMatch(node -> node.name().equals(name));
        if (!isInput) {
            graph.output(name);
        }
    }

    private static void write(Graph graph, Parameters parameters, OnnxOptions options, OnnxGraph file) {
        List<OperatorWriter.Form> forms = graph.nodes().stream()
                .map(node -> node.op().accept(new OperatorWriter(node)))
                .toList();
        List<Shape> shapes = graph.shapes(options.picture());
        Map<Node, String> firstOutputs = new HashMap<>();
        graph.outputs().forEach((name, node) -> firstOutputs.putIfAbsent(node, options.nameOf(name)));
        List<String> values = new ArrayList<>();
        Set<Node> ofRegions = ofRegions(graph);
        for (Node node : graph.nodes()) {
            List<String> inputs =
                    node.inputs().stream().map(n -> values.get(n.index())).toList();
            List<Shape> inputShapes =
                    node.inputs().stream().map(n -> shapes.get(n.index())).toList();
            Site site = new Site(
                    file,
                    node,
                    inputs,
                    inputShapes,
                    shapes.get(node.index()),
                    axis(node, ofRegions),
                    valueName(node, firstOutputs, options, file),
                    parameters,
                    options.opset());
            values.add(forms.get(node.index()).write(site));
        }
        graph.outputs().forEach((name, node) -> {
            String wanted = options.nameOf(name);
            String value = values.get(node.index());
            if (!value.equals(wanted)) {
                file.node("Identity", wanted, Attributes.none(), List.of(value));
            }
            file.output(wanted, shapes.get(node.index()), axis(node, ofRegions));
        });
    }

    /** The nodes whose first axis is not the batch. */
    private static Set<Node> ofRegions(Graph graph) {
        Set<Node> found = new HashSet<>();
        for (Node node : graph.nodes()) {
            if (node.op() instanceof RoiAlign || node.op() instanceof RoiPool) {
                found.add(node.inputs().get(node.inputs().size() - 1));
                found.add(node);
            } else if (node.op() instanceof RegionProposals
                    || node.inputs().stream().anyMatch(found::contains)) {
                found.add(node);
            }
        }
        return found;
    }

    private static String axis(Node node, Set<Node> ofRegions) {
        return ofRegions.contains(node) ? OnnxGraph.REGIONS : OnnxGraph.BATCH;
    }

    /** An input has its own name, an output that of the output, any other value one like the node's. */
    private static String valueName(Node node, Map<Node, String> outputs, OnnxOptions options, OnnxGraph file) {
        if (node.op() instanceof Input) {
            return options.nameOf(node.name());
        }
        String output = outputs.get(node);
        return output != null
                ? output
                : file.unique(node.name().isEmpty() ? node.op().kind() : node.name());
    }
}
