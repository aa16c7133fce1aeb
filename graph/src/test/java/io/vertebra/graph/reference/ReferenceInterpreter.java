package io.vertebra.graph.reference;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a graph in float64, node by node, forward and backward: the definition that every engine is tested against.
 *
 * <pre>{@code
 * Pass pass = ReferenceInterpreter.of(graph, parameters).forward(batch, Form.TRAINING);
 * DoubleTensor logits = pass.output("logits");
 * Gradients gradients = pass.backward(Map.of("loss", new double[] {1}));
 * }</pre>
 */
public final class ReferenceInterpreter {
    private final Graph graph;
    private final Map<String, double[]> parameters;

    /** With these arrays by full name, which are read at each pass and whose running statistics a pass may move. */
    public ReferenceInterpreter(Graph graph, Map<String, double[]> parameters) {
        this.graph = graph;
        this.parameters = parameters;
    }

    /** With a widened copy of the parameters. */
    public static ReferenceInterpreter of(Graph graph, Parameters parameters) {
        return new ReferenceInterpreter(graph, widen(parameters));
    }

    /** A copy in float64, by full name. */
    public static Map<String, double[]> widen(Parameters parameters) {
        Map<String, double[]> wide = new LinkedHashMap<>();
        parameters.names().forEach(name -> wide.put(name, DoubleTensor.widen(parameters.get(name))));
        return wide;
    }

    static Map<String, DoubleTensor> widen(Batch batch) {
        Map<String, DoubleTensor> inputs = new LinkedHashMap<>();
        batch.inputs().forEach((name, tensor) -> inputs.put(name, DoubleTensor.of(tensor)));
        return inputs;
    }

    /** One pass forward. */
    public Pass forward(Batch batch, Form form) {
        return forward(widen(batch), form);
    }

    /** One pass forward over inputs in float64, by name. */
    public Pass forward(Map<String, DoubleTensor> inputs, Form form) {
        Map<String, Shape> given = new LinkedHashMap<>();
        inputs.forEach((name, tensor) -> given.put(name, tensor.shape()));
        List<Shape> shapes = graph.shapes(given);
        List<Site> sites = new ArrayList<>();
        for (Node node : graph.nodes()) {
            List<Site> before =
                    node.inputs().stream().map(n -> sites.get(n.index())).toList();
            Site site = new Site(node, form, shapes.get(node.index()), before, parameters);
            if (node.op() instanceof Input) {
                site.value = inputs.get(node.name()).data();
            }
            site.value = site.rule.forward();
            sites.add(site);
        }
        return new Pass(graph, sites);
    }
}
