package io.vertebra.graph.reference;

import io.vertebra.graph.Node;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One node in one pass: what its operator reads, and the gradients that it adds to. */
final class Site {
    final Node node;
    final Form form;
    final Shape shape;
    private final List<Site> inputs;
    private final Map<String, double[]> parameters;
    private final Map<String, double[]> parameterGradients = new HashMap<>();
    final Rule rule;
    double[] value;
    private double[] gradient;

    /** @param parameters of the whole graph, by full name */
    Site(Node node, Form form, Shape shape, List<Site> inputs, Map<String, double[]> parameters) {
        this.node = node;
        this.form = form;
        this.shape = shape;
        this.inputs = inputs;
        this.parameters = parameters;
        this.rule = node.op().accept(new Rules(this));
    }

    double[] x(int input) {
        return inputs.get(input).value;
    }

    /** An input as the floats that algorithms on boxes take. */
    float[] floats(int input) {
        return DoubleTensor.narrow(x(input));
    }

    /** An input of whole numbers. */
    int[] ints(int input) {
        return Arrays.stream(x(input)).mapToInt(value -> (int) value).toArray();
    }

    Shape xShape(int input) {
        return inputs.get(input).shape;
    }

    int inputCount() {
        return inputs.size();
    }

    /** The gradient of an input's value so far; a node that is used twice gets the sum. */
    double[] dx(int input) {
        return inputs.get(input).gradient();
    }

    /** The gradient of this value so far, zeros at first. */
    double[] gradient() {
        if (gradient == null) {
            gradient = new double[value.length];
        }
        return gradient;
    }

    double[] parameter(String name) {
        return parameters.get(node.parameter(name));
    }

    double[] parameterGradient(String name) {
        return parameterGradients.computeIfAbsent(name, n -> new double[parameter(n).length]);
    }

    /** The gradients of the trainable parameters, by full name; zeros where nothing reached the node. */
    Map<String, double[]> parameterGradients() {
        Map<String, double[]> all = new HashMap<>();
        for (ParameterSpec spec : node.parameters()) {
            if (spec.isTrainable()) {
                String scope = node.parameter("");
                String local = spec.name().substring(scope.length());
                all.put(spec.name(), parameterGradient(local));
            }
        }
        return all;
    }
}
