package io.vertebra.bench;

import io.vertebra.graph.Analysis;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A convolution at a known size; equal ones of a network are measured once and counted.
 *
 * @param in shape of the input (N, C, H, W)
 * @param out shape of the output
 * @param op kernel, stride, dilation, groups
 * @param padding resolved
 */
record Layer(Shape in, Shape out, Convolution op, Padding.Explicit padding) {

    /** The distinct convolutions of a graph and how often each occurs. */
    static Map<Layer, Integer> of(Graph graph, Shape image) {
        Analysis analysis = Analysis.of(graph, image);
        Map<Layer, Integer> layers = new LinkedHashMap<>();
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Convolution op) {
                Shape in = analysis.shape(node.inputs().get(0));
                Size size = new Size(in.h(), in.w());
                Padding.Explicit padding = op.padding().resolve(size, op.kernel(), op.stride(), op.dilation());
                layers.merge(new Layer(in, analysis.shape(node), op, padding), 1, Integer::sum);
            }
        }
        return layers;
    }

    boolean isStem() {
        return in.c() == 3;
    }

    boolean isDepthwise() {
        return op.groups() > 1 && op.groups() == in.c() && op.out() == in.c();
    }

    /** The same work, and more for nothing, with groups of as many channels as a block; {@code null} where that cannot be. */
    Layer merged(int block) {
        int each = in.c() / op.groups();
        int merged = block / each;
        if (op.groups() == 1 || each == 1 || merged <= 1 || block % each != 0 || op.groups() % merged != 0) {
            return null;
        }
        Convolution wide = new Convolution(
                op.out(),
                op.kernel(),
                op.stride(),
                op.padding(),
                op.dilation(),
                op.groups() / merged,
                op.bias(),
                op.initializer());
        return new Layer(in, out, wide, padding);
    }

    @Override
    public String toString() {
        return in.c() + ">" + out.c() + " k" + op.kernel() + " s" + op.stride() + " g" + op.groups() + " " + in.h();
    }
}
