package io.vertebra.backbones;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.MaxPool;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.List;

/**
 * SqueezeNet 1.0, the paper's, and 1.1, the authors' second release: a 3×3 stem and earlier pooling, 2.4 times less
 * computation.
 *
 * <p>Names as torchvision's.
 *
 * @see <a href="https://arxiv.org/abs/1602.07360">Iandola et al. 2016</a>, table 1
 */
public final class SqueezeNet implements BackboneFamily<SqueezeNet.Config> {

    /** A module: channels of the squeeze, and of each of the two expansions. */
    private record Fire(int squeeze, int expand) {}

    /** The stem's kernel and channels, and the modules between two poolings. */
    private record Variant(int kernel, int stem, List<List<Fire>> stages) {}

    // spotless:off
    private static final Variants<Variant> VARIANTS = Variants
        .of("squeezenet1_0", new Variant(7, 96, List.of(
            List.of(new Fire(16,  64), new Fire(16,  64), new Fire(32, 128)),
            List.of(new Fire(32, 128), new Fire(48, 192), new Fire(48, 192), new Fire(64, 256)),
            List.of(new Fire(64, 256)))))
        .and("squeezenet1_1", new Variant(3, 64, List.of(
            List.of(new Fire(16,  64), new Fire(16,  64)),
            List.of(new Fire(32, 128), new Fire(32, 128)),
            List.of(new Fire(48, 192), new Fire(48, 192), new Fire(64, 256), new Fire(64, 256)))));
    // spotless:on

    /**
     * Options.
     *
     * @param outputStride 16, its own
     * @param activation in place of ReLU
     * @param inChannels channels of the picture
     */
    public record Config(Integer outputStride, Activation.Function activation, Integer inChannels)
            implements BackboneConfig {
        /** Fills in and checks. */
        public Config {
            outputStride = BackboneConfig.checkedStride(
                    outputStride, List.of(16), "it shrinks by pooling, and no published model dilates it");
            inChannels = BackboneConfig.checkedChannels(inChannels);
        }
    }

    @Override
    public FamilyTable<Config> table() {
        return VARIANTS.with(Config.class);
    }

    @Override
    public Pyramid build(String variant, Config config, Node input, GraphBuilder g) {
        Variant v = VARIANTS.get(variant);
        Conv stem = biased(v.kernel(), v.stem()).stride(2).padding(Padding.none());
        Node x = g.relu(g.in("features").conv("0", input, stem));
        List<Node> levels = new ArrayList<>(List.of(x));
        int layer = 2; // after the convolution and its ReLU
        for (List<Fire> stage : v.stages()) {
            x = g.maxPool(x, new MaxPool(Size.of(3), Size.of(2), Padding.none(), true));
            layer++;
            for (Fire fire : stage) {
                x = fire(x, fire, g.in("features", layer++));
            }
            levels.add(x);
        }
        return new Pyramid(levels);
    }

    /** The last map itself: the classifier is a convolution. */
    @Override
    public Node features(String variant, Config config, Pyramid pyramid, GraphBuilder g) {
        return pyramid.last();
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        Conv conv = Conv.of(1, classes).withBias().initializer(new Initializer.Normal(0.01));
        return g.globalAveragePool(g.relu(g.in("classifier").conv("1", features, conv)));
    }

    /** Figure 1. */
    private static Node fire(Node x, Fire fire, GraphBuilder g) {
        Node y = g.relu(g.conv("squeeze", x, biased(1, fire.squeeze())));
        return g.concat(
                g.relu(g.conv("expand1x1", y, biased(1, fire.expand()))),
                g.relu(g.conv("expand3x3", y, biased(3, fire.expand()))));
    }

    private static Conv biased(int kernel, int out) {
        return Conv.of(kernel, out).withBias().initializer(Initializer.heUniform());
    }
}
