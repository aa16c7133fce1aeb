package io.vertebra.export;

import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.List;

/**
 * One node of a graph while it is written: what goes in, at known sizes, and the name that its value gets.
 *
 * @param file what is written into
 * @param node the node
 * @param inputs names of the values that go in
 * @param shapes theirs, for a batch of 1
 * @param shape of the value
 * @param axis what its first axis counts
 * @param value its name
 * @param parameters of the model
 * @param opset version of ONNX's operators
 */
record Site(
        OnnxGraph file,
        Node node,
        List<String> inputs,
        List<Shape> shapes,
        Shape shape,
        String axis,
        String value,
        Parameters parameters,
        int opset) {

    String x() {
        return inputs.get(0);
    }

    Shape in() {
        return shapes.get(0);
    }

    Padding.Explicit resolve(Padding padding, Size kernel, Size stride, Size dilation) {
        return padding.resolve(new Size(in().h(), in().w()), kernel, stride, dilation);
    }

    /** The parameter of the operator, in its own shape. */
    String parameter(String local) {
        String name = node.parameter(local);
        return file.parameter(
                name, parameters.get(name), parameters.spec(name).shape().toArray());
    }

    /** A parameter with a number a channel, in a shape that is spread over the maps that go in. */
    String perChannel(String local) {
        String name = node.parameter(local);
        float[] values = parameters.get(name);
        return in().rank() == 4
                ? file.parameter(name, values, values.length, 1, 1)
                : file.parameter(name, values, values.length);
    }

    /** A list of whole numbers, for operators that take them as an input. */
    String numbers(String what, long... values) {
        return file.constant(value + "/" + what, values);
    }

    /** A matrix. */
    String matrix(String what, float[] values, int rows, int columns) {
        return file.constant(value + "/" + what, values, rows, columns);
    }

    /** A single number. */
    String number(double constant) {
        return file.scalar(constant);
    }

    /** Adds an ONNX node on the way to the value; gives what it computes. */
    String step(String what, String type, Attributes attributes, String... operands) {
        String name = file.unique(value + "/" + what);
        file.node(type, name, attributes, List.of(operands));
        return name;
    }

    /** Adds an ONNX node with several values on the way; gives their names. */
    String[] steps(List<String> what, String type, Attributes attributes, String... operands) {
        List<String> names =
                what.stream().map(one -> file.unique(value + "/" + one)).toList();
        file.node(type, names, attributes, List.of(operands));
        return names.toArray(String[]::new);
    }

    /** The same without attributes. */
    String step(String what, String type, String... operands) {
        return step(what, type, Attributes.none(), operands);
    }

    /** Adds the ONNX node that computes the value; gives its name. */
    String result(String type, Attributes attributes, String... operands) {
        file.node(type, value, attributes, List.of(operands));
        return value;
    }

    /** The same without attributes. */
    String result(String type, String... operands) {
        return result(type, Attributes.none(), operands);
    }
}
