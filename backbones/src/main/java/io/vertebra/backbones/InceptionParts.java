package io.vertebra.backbones;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.MaxPool;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the Inception networks are put together of: {@code conv}, {@code bn} and ReLU in a scope, such convolutions behind
 * each other, and branches of them side by side.
 *
 * @param epsilon of the norms
 * @param initializer of the convolutions
 */
record InceptionParts(double epsilon, Initializer initializer) {

    /** Convolution, norm, ReLU. */
    Node conv(Node x, Conv conv, GraphBuilder g) {
        return g.relu(g.batchNorm("bn", g.conv("conv", x, conv.initializer(initializer)), epsilon, 1));
    }

    /** Convolutions behind each other, whose scopes are a name and their number. */
    Node chain(String name, int first, Node x, List<Conv> convs, GraphBuilder g) {
        Node y = x;
        for (int i = 0; i < convs.size(); i++) {
            y = conv(y, convs.get(i), g.in(name + (first + i)));
        }
        return y;
    }

    /** A row and a column of three taps, side by side, in scopes {@code a} and {@code b} of a name. */
    Node spread(String name, Node x, int width, GraphBuilder g) {
        return g.concat(conv(x, row(3, width), g.in(name + "a")), conv(x, column(3, width), g.in(name + "b")));
    }

    /** Branches {@code branch<first>} and on; several convolutions of one are numbered from 0, a single one is not. */
    List<Node> branches(int first, Node x, List<List<Conv>> branches, GraphBuilder g) {
        List<Node> made = new ArrayList<>();
        for (List<Conv> convs : branches) {
            GraphBuilder scope = g.in("branch" + (first + made.size()));
            made.add(convs.size() == 1 ? conv(x, convs.get(0), scope) : chain("", 0, x, convs, scope));
        }
        return made;
    }

    /** Branches beside averages over 3×3 cells and a 1×1 convolution. */
    Node pooled(Node x, List<List<Conv>> branches, int pool, GraphBuilder g) {
        List<Node> parts = branches(0, x, branches, g);
        return join(parts, conv(averagePool(x, false, g), Conv.of(1, pool), g.in("branch" + branches.size(), 1)), g);
    }

    /** Strided branches beside a pool. */
    Node reduced(Node x, List<List<Conv>> branches, GraphBuilder g) {
        return join(branches(0, x, branches, g), maxPool(x, g), g);
    }

    /** All branches, and one more. */
    static Node join(List<Node> branches, Node last, GraphBuilder g) {
        return g.concat(Stream.concat(branches.stream(), Stream.of(last)).toArray(Node[]::new));
    }

    /** 3×3 of stride 2 without padding. */
    static Conv shrinking(int out) {
        return Conv.of(3, out).stride(2).padding(Padding.none());
    }

    /** A convolution along a row. */
    static Conv row(int taps, int out) {
        return Conv.of(new Size(1, taps), out);
    }

    /** A convolution along a column. */
    static Conv column(int taps, int out) {
        return Conv.of(new Size(taps, 1), out);
    }

    /** 3×3 of stride 2 without padding. */
    static Node maxPool(Node x, GraphBuilder g) {
        return g.maxPool(x, new MaxPool(Size.of(3), Size.of(2), Padding.none(), false));
    }

    /** 3×3 of stride 1, the padding counted as zeros or left out of the mean. */
    static Node averagePool(Node x, boolean countsPadding, GraphBuilder g) {
        return g.averagePool(x, new AveragePool(Size.of(3), Size.of(1), Padding.of(1), false, countsPadding));
    }
}
