package io.vertebra.graph.reference;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.GraphException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A finished pass forward: every value, from which gradients can be taken once. */
public final class Pass {
    private final Graph graph;
    private final List<Site> sites;

    Pass(Graph graph, List<Site> sites) {
        this.graph = graph;
        this.sites = sites;
    }

    /** The value of a node. */
    public DoubleTensor value(Node node) {
        Site site = sites.get(node.index());
        return new DoubleTensor(site.shape, site.value);
    }

    /** An output. */
    public DoubleTensor output(String name) {
        return value(graph.output(name));
    }

    /** All outputs by name. */
    public Map<String, DoubleTensor> outputs() {
        Map<String, DoubleTensor> outputs = new LinkedHashMap<>();
        graph.outputs().forEach((name, node) -> outputs.put(name, value(node)));
        return outputs;
    }

    /** The gradients of {@code Σ outputGradients · outputs}; outputs left out count as zero. */
    public Gradients backward(Map<String, double[]> outputGradients) {
        outputGradients.forEach((name, given) -> {
            double[] gradient = sites.get(graph.output(name).index()).gradient();
            if (gradient.length != given.length) {
                throw new GraphException(name, "has " + gradient.length + " elements, its gradient " + given.length);
            }
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] += given[i];
            }
        });
        for (int i = sites.size() - 1; i >= 0; i--) {
            sites.get(i).rule.backward(sites.get(i).gradient());
        }
        return new Gradients(sites);
    }

    /** The same for gradients as an engine is given them. */
    public Gradients backwardOf(Map<String, Tensor.Floats> outputGradients) {
        Map<String, double[]> wide = new LinkedHashMap<>();
        outputGradients.forEach(
                (name, tensor) -> wide.put(name, DoubleTensor.of(tensor).data()));
        return backward(wide);
    }

    /** Moves the running statistics of norms that took the batch's: what a step of training does once a micro-batch. */
    public void updateStatistics() {
        sites.forEach(site -> site.rule.updateStatistics());
    }
}
