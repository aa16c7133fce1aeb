package io.vertebra.backbones;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Size;

/**
 * A convolution in place of which two stand, 3×3 and 5×5, the latter as a dilated 3×3; what the means of all channels say
 * decides how much of each a channel takes.
 *
 * <p>Names as timm's. The softmax over the two paths is the sigmoid of their difference.
 *
 * @see <a href="https://arxiv.org/abs/1903.06586">Li et al. 2019</a>, figure 1
 * @param split whether each path sees half of the channels, which is timm's, or all of them, which is the paper's
 * @param ratio of the channels between the means and the shares
 * @param divisor of their number
 */
record SelectiveKernel(boolean split, double ratio, int divisor) {

    /** Adds the paths and their attention in the scope of the convolution. */
    Node of(Node x, Conv conv, GraphBuilder g) {
        int half = x.channels() / 2;
        int dilation = conv.dilation().height();
        Node near = path(split ? g.slice(x, 0, half) : x, conv, g.in("paths", 0));
        Node far = path(split ? g.slice(x, half, 2 * half) : x, conv.dilation(2 * dilation), g.in("paths", 1));

        GraphBuilder attention = g.in("attn");
        int squeezed = Widths.multiple(conv.out() * ratio, divisor);
        Node means = attention.adaptiveAveragePool(attention.add(near, far), Size.of(1));
        Node z = attention.relu(attention.batchNorm("bn", attention.conv("fc_reduce", means, Conv.of(1, squeezed))));
        Node shares = attention.conv("fc_select", z, Conv.of(1, 2 * conv.out()));
        Node ofNear = attention.slice(shares, 0, conv.out());
        Node ofFar = attention.slice(shares, conv.out(), 2 * conv.out());
        return g.add(scaled(near, ofNear, ofFar, g.in("paths", 0)), scaled(far, ofFar, ofNear, g.in("paths", 1)));
    }

    private static Node path(Node x, Conv conv, GraphBuilder g) {
        return g.relu(g.batchNorm("bn", g.conv("conv", x, conv)));
    }

    private static Node scaled(Node path, Node share, Node other, GraphBuilder g) {
        return g.multiply(path, g.activation(Activation.Function.SIGMOID, g.subtract(share, other)));
    }
}
