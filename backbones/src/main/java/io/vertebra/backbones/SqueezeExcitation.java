package io.vertebra.backbones;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Size;

/**
 * Squeeze-and-excitation: scales every channel by a share that the means of all channels decide.
 *
 * @see <a href="https://arxiv.org/abs/1709.01507">Hu et al. 2017</a>, figure 2
 */
final class SqueezeExcitation {
    private SqueezeExcitation() {}

    /**
     * Adds the layers {@code fc1} and {@code fc2}, as torchvision and timm name them.
     *
     * @param squeezed channels between them
     * @param inner nonlinearity between them
     * @param gate makes shares of what they give
     */
    static Node of(Node x, int squeezed, Activation.Function inner, Activation.Function gate, GraphBuilder g) {
        Node s = g.adaptiveAveragePool(x, Size.of(1));
        s = g.activation(inner, g.conv("fc1", s, Conv.of(1, squeezed).withBias()));
        s = g.activation(gate, g.conv("fc2", s, Conv.of(1, x.channels()).withBias()));
        return g.multiply(x, s);
    }
}
