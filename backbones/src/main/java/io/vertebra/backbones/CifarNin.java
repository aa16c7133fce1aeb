package io.vertebra.backbones;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.List;

/**
 * Network in Network for pictures of 32×32, as its paper has it: behind each convolution two of 1×1, and in place of linear
 * layers the means of one map a class. Of the two pools the second one averages.
 *
 * <p>Names as pytorchcv's, whose nin_cifar100 is this one with 100 classes.
 *
 * @see <a href="https://arxiv.org/abs/1312.4400">Lin et al. 2013</a>, sections 3 and 4.2
 * @see Nin
 */
public final class CifarNin implements BackboneFamily<CifarNin.Config> {

    /** A convolution: its window and its channels. */
    private record Layer(int kernel, int out) {}

    // spotless:off
    private static final Variants<List<List<Layer>>> VARIANTS = Variants.of("nin_cifar10", List.of(
        List.of(new Layer(5, 192), new Layer(1, 160), new Layer(1,  96)),
        List.of(new Layer(5, 192), new Layer(1, 192), new Layer(1, 192)),
        List.of(new Layer(3, 192), new Layer(1, 192))));
    // spotless:on

    /**
     * Options.
     *
     * @param outputStride 4, its own
     * @param activation in place of ReLU
     * @param dropout share of the values behind each pool that training zeroes
     * @param inChannels channels of the picture
     */
    public record Config(Integer outputStride, Activation.Function activation, Double dropout, Integer inChannels)
            implements BackboneConfig {
        /** Fills in and checks. */
        public Config {
            outputStride = BackboneConfig.checkedStride(
                    outputStride, List.of(4), "a network for 32x32 pictures shrinks them no further");
            dropout = BackboneConfig.checkedRate("dropout", dropout, 0.5);
            inChannels = BackboneConfig.checkedChannels(inChannels);
        }
    }

    @Override
    public FamilyTable<Config> table() {
        return VARIANTS.with(Config.class);
    }

    @Override
    public Pyramid build(String variant, Config config, Node input, GraphBuilder g) {
        List<Node> levels = new ArrayList<>();
        Node x = input;
        for (List<Layer> stage : VARIANTS.get(variant)) {
            x = levels.isEmpty() ? x : g.dropout(pool(x, levels.size() == 1, g), config.dropout());
            GraphBuilder scope = g.in("features", "stage" + (levels.size() + 1));
            for (int i = 0; i < stage.size(); i++) {
                Layer layer = stage.get(i);
                x = layer(x, Conv.of(layer.kernel(), layer.out()), scope.in("unit" + (i + 1)));
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
        return g.globalAveragePool(layer(features, Conv.of(1, classes), g.in("output", "final_conv")));
    }

    private static Node layer(Node x, Conv conv, GraphBuilder g) {
        return g.relu(g.conv("conv", x, conv.withBias().initializer(Initializer.heUniform())));
    }

    private static Node pool(Node x, boolean largest, GraphBuilder g) {
        return largest
                ? g.maxPool(x, 3, 2, 1)
                : g.averagePool(x, new AveragePool(Size.of(3), Size.of(2), Padding.of(1), false, true));
    }
}
