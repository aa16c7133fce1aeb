package io.vertebra.heads.segmentation;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.Size;
import java.util.Objects;

/** Convolution, norm and ReLU, under the names that the libraries give them; and what starts and ends every head. */
final class Layers {
    /** PyTorch's own choice for convolutions, which torchvision leaves as it is. */
    static final Initializer PYTORCH = new Initializer.Uniform(1);

    private static final Initializer CLASSES = new Initializer.Normal(0.01);

    private Layers() {}

    /** mmcv's ConvModule: {@code conv}, {@code bn}. */
    static Node module(Node x, Conv conv, GraphBuilder g) {
        return g.relu(g.batchNorm("bn", g.conv("conv", x, conv)));
    }

    /** A list of PyTorch whose convolution has the place {@code first} and its norm the next one. */
    static Node list(Node x, Conv conv, int first, GraphBuilder g) {
        return g.relu(g.batchNorm("" + (first + 1), g.conv("" + first, x, conv)));
    }

    /** mmseg's last layer, {@code conv_seg}, behind its dropout. */
    static Node classes(Node x, double dropout, int classes, GraphBuilder g) {
        return g.conv(
                "conv_seg",
                g.dropout(x, dropout),
                Conv.of(1, classes).withBias().initializer(CLASSES));
    }

    /** smp's last layer, drawn as Glorot and Bengio do (AISTATS 2010, equation 16). */
    static Node smpClasses(Node x, int kernel, int classes, GraphBuilder g) {
        Initializer glorot = new Initializer.Uniform(6.0 * x.channels() / (x.channels() + classes));
        return g.in("segmentation_head")
                .conv("0", x, Conv.of(kernel, classes).withBias().initializer(glorot));
    }

    /** The mean of a map, a cell. */
    static Node mean(Node x, GraphBuilder g) {
        return g.adaptiveAveragePool(x, Size.of(1));
    }

    /** A map at the size of another one. */
    static Node resized(Node x, Node like, boolean alignCorners, GraphBuilder g) {
        return g.resize(x, like, Resize.Filter.BILINEAR, alignCorners);
    }

    /** A rate of dropout. */
    static Double checkedDropout(Double dropout, double otherwise) {
        Double value = Objects.requireNonNullElse(dropout, otherwise);
        Check.that(value >= 0 && value < 1, "dropout", "must lie in [0, 1), is %s", value);
        return value;
    }

    /** A number of channels. */
    static Integer checkedChannels(Integer channels, int otherwise) {
        Integer value = Objects.requireNonNullElse(channels, otherwise);
        Check.atLeast(1, "channels", value);
        return value;
    }
}
