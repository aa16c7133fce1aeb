package io.vertebra.backbones;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import java.util.Optional;

/**
 * The branch of MobileNet V3's and EfficientNet's blocks: expand, filter, squeeze and excite, project. Howard et al.,
 * arXiv:1905.02244, figure 4. The names are {@code block.<layer>}, as torchvision's.
 *
 * @param kernel of the filter
 * @param expanded channels of the filter; those of the input: there is no expansion
 * @param out channels of the projection
 * @param excite behind the filter
 * @param layers norm and nonlinearity
 */
record InvertedResidual(int kernel, int expanded, int out, Optional<Excite> excite, ConvNorm layers) {

    /**
     * Squeeze and excitation.
     *
     * @param squeezed channels between its layers
     * @param inner nonlinearity between them
     * @param gate of what they give
     */
    record Excite(int squeezed, Activation.Function inner, Activation.Function gate) {}

    /** What the filter sees: the input, expanded. */
    Node expand(Node x, GraphBuilder g) {
        return expanded == x.channels() ? x : layers.active(x, Conv.of(1, expanded), g.in("block", 0));
    }

    /** All behind the expansion. */
    Node project(Node x, Node expansion, int stride, int dilation, GraphBuilder g) {
        GraphBuilder block = g.in("block");
        int layer = expansion == x ? 0 : 1;
        Conv filter = Conv.of(kernel, expanded).groups(expanded).stride(stride).dilation(dilation);
        Node y = layers.active(expansion, filter, block.in(layer++));
        if (excite.isPresent()) {
            Excite e = excite.get();
            y = SqueezeExcitation.of(y, e.squeezed(), e.inner(), e.gate(), block.in(layer++));
        }
        return layers.linear(y, Conv.of(1, out), block.in(layer));
    }
}
