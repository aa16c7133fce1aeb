package io.vertebra.backbones;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Initializer;

/** Norm and ReLU before a convolution: {@code bn} and {@code conv} of a scope, which begin as pytorchcv's. */
final class PreActivation {

    private PreActivation() {}

    /** Norm, ReLU. */
    static Node active(Node x, GraphBuilder g) {
        return g.relu(g.batchNorm("bn", x));
    }

    /** Norm, ReLU, convolution. */
    static Node conv(Node x, Conv conv, GraphBuilder g) {
        return g.conv("conv", active(x, g), conv);
    }

    /** A convolution of this kernel and these channels. */
    static Conv of(int kernel, int out) {
        return Conv.of(kernel, out).initializer(Initializer.heUniform());
    }
}
