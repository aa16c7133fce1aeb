package io.vertebra.dl4j.network;

import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Linear;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Size;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Convolutions and linear layers. */
final class Products {
    private Products() {}

    static String linear(Place place, Linear op) {
        place.weight(place.name(), "W", "weight", w -> w.transpose());
        if (op.bias()) {
            place.weight("b", "bias");
        }
        return place.result(
                new DenseLayer.Builder()
                        .nIn(place.in().c())
                        .nOut(op.out())
                        .hasBias(op.bias())
                        .build(),
                place.x());
    }

    static String convolution(Place place, Convolution op) {
        Padding.Explicit p = place.resolve(op.padding(), op.kernel(), op.stride(), op.dilation());
        boolean isEven = p.top() == p.bottom() && p.left() == p.right();
        String x = isEven ? place.x() : place.step("padded", zeros(p), place.x());
        int[] padding = isEven ? new int[] {p.top(), p.left()} : new int[] {0, 0};
        if (op.groups() == 1) {
            return whole(place, op, padding, x);
        }
        return op.groups() == place.in().c() ? depthwise(place, op, padding, x) : grouped(place, op, padding, x);
    }

    private static ZeroPaddingLayer zeros(Padding.Explicit p) {
        return new ZeroPaddingLayer.Builder(p.top(), p.bottom(), p.left(), p.right()).build();
    }

    private static int[] pair(Size size) {
        return new int[] {size.height(), size.width()};
    }

    private static ConvolutionLayer layer(Convolution op, int in, int out, int[] padding) {
        return new ConvolutionLayer.Builder(pair(op.kernel()), pair(op.stride()), padding)
                .dilation(pair(op.dilation()))
                .nIn(in)
                .nOut(out)
                .hasBias(op.bias())
                .build();
    }

    private static String whole(Place place, Convolution op, int[] padding, String x) {
        place.weight("W", "weight");
        if (op.bias()) {
            place.weight("b", "bias");
        }
        return place.result(layer(op, place.in().c(), op.out(), padding), x);
    }

    /** DL4J's weight is (kh, kw, C, multiplier). */
    private static String depthwise(Place place, Convolution op, int[] padding, String x) {
        int channels = place.in().c();
        int multiplier = op.out() / channels;
        place.weight(
                place.name(),
                "W",
                "weight",
                w -> w.reshape(
                                channels,
                                multiplier,
                                op.kernel().height(),
                                op.kernel().width())
                        .permute(2, 3, 0, 1)
                        .dup('c'));
        if (op.bias()) {
            place.weight("b", "bias");
        }
        DepthwiseConvolution2D layer = new DepthwiseConvolution2D.Builder(pair(op.kernel()), pair(op.stride()), padding)
                .dilation(pair(op.dilation()))
                .depthMultiplier(multiplier)
                .nIn(channels)
                .hasBias(op.bias())
                .build();
        return place.result(layer, x);
    }

    /** One convolution a group. */
    private static String grouped(Place place, Convolution op, int[] padding, String x) {
        int in = place.in().c() / op.groups();
        int out = op.out() / op.groups();
        String[] parts = new String[op.groups()];
        for (int g = 0; g < op.groups(); g++) {
            int from = g * out;
            String part = place.step("part" + g, new SubsetVertex(g * in, (g + 1) * in - 1), x);
            parts[g] = place.step("group" + g, layer(op, in, out, padding), part);
            place.weight(
                    parts[g],
                    "W",
                    "weight",
                    w -> w.get(NDArrayIndex.interval(from, from + out)).dup('c'));
            if (op.bias()) {
                place.weight(
                        parts[g],
                        "b",
                        "bias",
                        b -> b.get(NDArrayIndex.interval(from, from + out)).dup('c'));
            }
        }
        return place.result(new MergeVertex(), parts);
    }
}
