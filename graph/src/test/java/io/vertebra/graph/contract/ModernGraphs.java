package io.vertebra.graph.contract;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation.Function;
import io.vertebra.graph.op.GroupNorm;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Size;

/** Blocks of the networks since 2018, in small. */
final class ModernGraphs {
    private ModernGraphs() {}

    /** x scaled by what its pooled maps say, with biased convolutions of 1x1 maps. */
    static Node squeezeExcite(GraphBuilder g, Node x, int squeezed, Function inner, Function gate) {
        Node s = g.adaptiveAveragePool(x, Size.of(1));
        s = g.activation(inner, g.conv("fc1", s, Conv.of(1, squeezed).withBias()));
        s = g.activation(gate, g.conv("fc2", s, Conv.of(1, x.channels()).withBias()));
        return g.multiply(x, s);
    }

    /** An inverted residual with squeeze-and-excitation; a sum if nothing changes the shape. */
    static Node mobileBlock(
            GraphBuilder g, Node x, int expanded, int out, int stride, Function function, Function gate) {
        Node y = g.activation(function, g.batchNorm("bn0", g.conv("conv0", x, Conv.of(1, expanded))));
        Conv depthwise = Conv.of(5, expanded).groups(expanded).stride(stride);
        y = g.activation(function, g.batchNorm("bn1", g.conv("conv1", y, depthwise)));
        y = squeezeExcite(g.in("se"), y, 8, Function.SILU, gate);
        y = g.batchNorm("bn2", g.conv("conv2", y, Conv.of(1, out)));
        return stride == 1 && out == x.channels() ? g.add(g.dropPath(y, 0.2), x) : y;
    }

    /** ConvNeXt's block: everything that it adds to x is scaled at last. */
    static Node convNextBlock(GraphBuilder g, Node x) {
        int channels = x.channels();
        Node y = g.conv("conv_dw", x, Conv.of(7, channels).groups(channels).withBias());
        y = g.layerNorm("norm", y, 1e-6);
        y = g.activation(
                Function.GELU, g.conv("fc1", y, Conv.of(1, 4 * channels).withBias()));
        y = g.conv("fc2", y, Conv.of(1, channels).withBias());
        return g.add(g.dropPath(g.layerScale(y, 1e-6), 0.2), x);
    }

    /** ShuffleNet V2's unit: one half goes through, the halves are mixed at the end. */
    static Node shuffleUnit(GraphBuilder g, Node x, Function function) {
        int half = x.channels() / 2;
        Node y = shuffleBranch(g, g.slice(x, half, 2 * half), half, 1, function);
        return g.channelShuffle(g.concat(g.slice(x, 0, half), y), 2);
    }

    /** The unit that halves the size: both branches take all channels. */
    static Node shuffleReduction(GraphBuilder g, Node x, int half, Function function) {
        Conv depthwise = Conv.of(3, x.channels()).groups(x.channels()).stride(2);
        Node left = g.batchNorm("left.bn0", g.conv("left.conv0", x, depthwise));
        left = g.activation(function, g.batchNorm("left.bn1", g.conv("left.conv1", left, Conv.of(1, half))));
        return g.channelShuffle(g.concat(left, shuffleBranch(g, x, half, 2, function)), 2);
    }

    private static Node shuffleBranch(GraphBuilder g, Node x, int half, int stride, Function function) {
        Node y = g.activation(function, g.batchNorm("bn0", g.conv("conv0", x, Conv.of(1, half))));
        y = g.batchNorm("bn1", g.conv("conv1", y, Conv.of(3, half).groups(half).stride(stride)));
        return g.activation(function, g.batchNorm("bn2", g.conv("conv2", y, Conv.of(1, half))));
    }

    /** A stem, two inverted residuals, and the means of their maps. */
    static Node mobile(GraphBuilder g, Node x) {
        Node y = g.conv("conv0", x, Conv.of(3, 16).stride(2));
        y = g.activation(Function.HARD_SWISH, g.batchNorm("bn0", y));
        y = mobileBlock(g.in(0), y, 32, 16, 1, Function.HARD_SWISH, Function.HARD_SIGMOID);
        y = mobileBlock(g.in(1), y, 48, 24, 2, Function.SILU, Function.SIGMOID);
        return g.globalAveragePool(y);
    }

    /** Patches, two of ConvNeXt's blocks, and the normalised means of their maps. */
    static Node convNext(GraphBuilder g, Node x) {
        Node y = g.conv("conv0", x, patches(2, 16));
        y = convNextBlock(g.in(0), g.layerNorm("norm0", y, 1e-6));
        y = convNextBlock(g.in(1), y);
        return g.layerNorm("norm", g.globalAveragePool(y), 1e-6);
    }

    /** A stem, ShuffleNet's reduction and a unit, and the means of their maps. */
    static Node shuffled(GraphBuilder g, Node x) {
        Node y = g.activation(Function.SILU, g.batchNorm("stem.bn", g.conv("stem.conv", x, Conv.of(3, 16))));
        y = shuffleReduction(g.in(0), y, 12, Function.SILU);
        return g.globalAveragePool(shuffleUnit(g.in(1), y, Function.SILU));
    }

    /** CondenseNet's stem and a layer with an index, and an index on the means of its maps. */
    static Node condensed(GraphBuilder g, Node x) {
        Node y = g.conv("stem.conv", x, Conv.of(3, 16).stride(2));
        Node z = g.in("conv1").channelSelect(y, 24);
        z = g.activation(Function.SILU, g.batchNorm("conv1.bn", z));
        z = g.channelShuffle(g.conv("conv1.conv", z, Conv.of(1, 16).groups(4)), 4);
        z = g.activation(Function.SILU, g.batchNorm("conv2.bn", z));
        z = g.conv("conv2.conv", z, Conv.of(3, 8).groups(4));
        return g.in("output").channelSelect(g.globalAveragePool(g.concat(y, z)), 12);
    }

    /** A residual block with group norms, and the means of its maps. */
    static Node grouped(GraphBuilder g, Node x) {
        Node y = g.conv("conv0", x, Conv.of(3, 16).stride(2));
        y = g.activation(Function.SILU, g.groupNorm("norm0", y, new GroupNorm(4, 1e-5, 1)));
        Node z = g.groupNorm("norm1", g.conv("conv1", y, Conv.of(3, 16)), new GroupNorm(16, 1e-5, 1));
        return g.globalAveragePool(g.activation(Function.GELU, g.add(y, z)));
    }

    /** Each operator where nothing flows further back, joined for a convolution; the means of its maps. */
    static Node onThePicture(GraphBuilder g, Node x) {
        Node gate = g.conv("gate", g.adaptiveAveragePool(x, Size.of(1)), Conv.of(1, x.channels()));
        Node joined = g.concat(
                g.layerNorm("layer_norm", x, 1e-6),
                g.groupNorm("group_norm", x, new GroupNorm(3, 1e-5, 1)),
                g.in("scale").layerScale(x, 1),
                g.multiply(x, g.activation(Function.SIGMOID, gate)),
                g.multiply(g.conv("conv0", x, Conv.of(3, x.channels())), x),
                g.channelShuffle(x, 3),
                g.slice(x, 1, 3),
                g.in("select").channelSelect(x, 4),
                g.activation(Function.GELU, x));
        return g.globalAveragePool(g.activation(Function.SILU, g.conv("conv1", joined, Conv.of(3, 16))));
    }

    /** Patches side by side. */
    static Conv patches(int side, int out) {
        return Conv.of(side, out).stride(side).padding(Padding.none()).withBias();
    }
}
