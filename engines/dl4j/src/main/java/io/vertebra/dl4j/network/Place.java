package io.vertebra.dl4j.network;

import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One node of a graph while it becomes layers.
 *
 * @param network what is built
 * @param node the node
 * @param inputs names of the vertices whose values go in
 * @param shapes of those values, for a batch of 1 or any; sides may be unknown
 * @param shape of the node's value
 * @param name of the vertex that computes it
 * @param parameters of the model
 */
record Place(
        NetworkBuilder network,
        Node node,
        List<String> inputs,
        List<Shape> shapes,
        Shape shape,
        String name,
        Parameters parameters) {

    String x() {
        return inputs.get(0);
    }

    Shape in() {
        return shapes.get(0);
    }

    /** The shape that goes in; refuses sides that are not known. */
    Shape sized() {
        if (in().c() == Shape.ANY || in().h() == Shape.ANY || in().w() == Shape.ANY) {
            throw new GraphException(
                    node.name(), node.op().kind() + " depends on the size of the pictures in DL4J; say which");
        }
        return in();
    }

    Padding.Explicit resolve(Padding padding, Size kernel, Size stride, Size dilation) {
        if (padding instanceof Padding.Explicit explicit) {
            return explicit;
        }
        return padding.resolve(new Size(sized().h(), sized().w()), kernel, stride, dilation);
    }

    /** Whether the value that goes in is made by a layer that makes an array of its own, and is read by nobody else. */
    boolean ownsInput() {
        return network.isReadOnce(node.inputs().get(0));
    }

    /** Adds a layer on the way to the value; gives its name. */
    String step(String what, Layer layer, String... from) {
        String unique = network.unique(name + "/" + what);
        network.layer(unique, layer, from);
        return unique;
    }

    /** Adds a vertex on the way to the value; gives its name. */
    String step(String what, GraphVertex vertex, String... from) {
        String unique = network.unique(name + "/" + what);
        network.vertex(unique, vertex, from);
        return unique;
    }

    /** Adds the layer that computes the value. */
    String result(Layer layer, String... from) {
        network.layer(name, layer, from);
        return name;
    }

    /** Adds the vertex that computes the value. */
    String result(GraphVertex vertex, String... from) {
        network.vertex(name, vertex, from);
        return name;
    }

    /** Gives a parameter of the value's layer the values of ours. */
    void weight(String parameter, String ours) {
        weight(name, parameter, ours, UnaryOperator.identity());
    }

    /** The same of another layer, in another order of axes. */
    void weight(String layer, String parameter, String ours, UnaryOperator<INDArray> order) {
        network.weight(layer, parameter, () -> order.apply(array(ours).get()));
    }

    /** The values of an index of the operator. */
    int[] indices(String local) {
        String full = node.parameter(local);
        return parameters.spec(full).indices(parameters.get(full));
    }

    /** A parameter of the operator. */
    Supplier<INDArray> array(String local) {
        return () -> {
            String full = node.parameter(local);
            int[] shape = parameters.spec(full).shape().toArray();
            return Nd4j.create(parameters.get(full), shape, 'c');
        };
    }
}
