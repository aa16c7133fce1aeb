package io.vertebra.graph.reference;

import io.vertebra.graph.Node;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The gradients of one pass: of every node's value, and of every parameter that gradients could train. */
public final class Gradients {
    private final List<Site> sites;
    private final Map<String, double[]> parameters = new LinkedHashMap<>();

    Gradients(List<Site> sites) {
        this.sites = sites;
        sites.forEach(site -> site.parameterGradients().forEach(this::add));
    }

    /** A parameter of several nodes has the sum of their gradients. */
    private void add(String name, double[] gradient) {
        parameters.merge(name, gradient, (before, more) -> {
            for (int i = 0; i < before.length; i++) {
                before[i] += more[i];
            }
            return before;
        });
    }

    /** Of a node's value, such as the picture. */
    public DoubleTensor value(Node node) {
        Site site = sites.get(node.index());
        return new DoubleTensor(site.shape, site.gradient());
    }

    /** Of the parameters, by full name, in the order of the nodes. */
    public Map<String, double[]> parameters() {
        return parameters;
    }
}
