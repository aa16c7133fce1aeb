package io.vertebra.backbones;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.Padding;

/**
 * A convolution and its norm, {@code 0} and {@code 1} of a scope, as torchvision lists them.
 *
 * @param norm behind each convolution
 * @param activation behind each norm but those of linear layers
 * @param samePadding TensorFlow's padding, whatever the conventions
 */
record ConvNorm(BatchNorm norm, Activation.Function activation, boolean samePadding) {

    /** Padded by the conventions. */
    ConvNorm(BatchNorm norm, Activation.Function activation) {
        this(norm, activation, false);
    }

    /** Convolution, norm, nonlinearity. */
    Node active(Node x, Conv conv, GraphBuilder g) {
        return g.activation(activation, linear(x, conv, g));
    }

    /** Convolution and norm. */
    Node linear(Node x, Conv conv, GraphBuilder g) {
        return g.batchNorm("1", g.conv("0", x, samePadding ? conv.padding(Padding.same()) : conv), norm);
    }
}
