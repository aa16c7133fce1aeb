package io.vertebra.backbones;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.Padding;
import java.util.ArrayList;
import java.util.List;

/**
 * Network in Network for ImageNet: behind each convolution two of 1×1, and in place of linear layers the means of one map a
 * class.
 *
 * <p>The maps of the 1000 classes are the last level of the pyramid. Another number of classes has a convolution {@code
 * classifier} in place of {@code conv4_3}.
 *
 * @see <a href="https://arxiv.org/abs/1312.4400">Lin et al. 2013</a>, section 3
 * @see <a href="https://github.com/BVLC/caffe/wiki/Model-Zoo">Caffe's model zoo</a>, the form for ImageNet
 * @see CifarNin
 */
public final class Nin implements BackboneFamily<Nin.Config> {

    /** A convolution with the two behind it: its window, stride and padding, and the channels of the three. */
    private record Block(int kernel, int stride, int padding, int first, int second, int third) {}

    // spotless:off
    private static final Variants<List<Block>> VARIANTS = Variants.of("nin", List.of(
        new Block(11, 4, 0,   96,   96,   96),
        new Block( 5, 1, 2,  256,  256,  256),
        new Block( 3, 1, 1,  384,  384,  384),
        new Block( 3, 1, 1, 1024, 1024, 1000)));
    // spotless:on

    /**
     * Options.
     *
     * @param outputStride 32, its own
     * @param activation in place of ReLU
     * @param dropout share of the values before the last block that training zeroes
     * @param inChannels channels of the picture
     */
    public record Config(Integer outputStride, Activation.Function activation, Double dropout, Integer inChannels)
            implements BackboneConfig {
        /** Fills in and checks. */
        public Config {
            outputStride = BackboneConfig.checkedStride(
                    outputStride, List.of(32), "it shrinks by pooling, and no published model dilates it");
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
        List<Block> blocks = VARIANTS.get(variant);
        List<Node> levels = new ArrayList<>();
        Node x = input;
        for (int i = 0; i < blocks.size(); i++) {
            x = i == 0 ? x : g.maxPool(x, 3, 2, 0);
            x = i < blocks.size() - 1 ? x : g.dropout(x, config.dropout());
            x = block(x, blocks.get(i), "conv" + (i + 1) + "_", g);
            levels.add(x);
        }
        return new Pyramid(levels);
    }

    private static Node block(Node x, Block block, String name, GraphBuilder g) {
        Conv first = Conv.of(block.kernel(), block.first()).stride(block.stride());
        Node y = layer(name + "1", x, first.padding(Padding.of(block.padding())), g);
        y = layer(name + "2", y, Conv.of(1, block.second()), g);
        return layer(name + "3", y, Conv.of(1, block.third()), g);
    }

    private static Node layer(String name, Node x, Conv conv, GraphBuilder g) {
        return g.relu(g.conv(name, x, conv.withBias().initializer(Initializer.heUniform())));
    }

    /** The last map itself: it is the classifier's, or the one before it leads to the classifier. */
    @Override
    public Node features(String variant, Config config, Pyramid pyramid, GraphBuilder g) {
        return pyramid.last();
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        if (features.channels() == classes) {
            return g.globalAveragePool(features);
        }
        Node published = features.inputs().get(0);
        return g.globalAveragePool(layer("classifier", published.inputs().get(0), Conv.of(1, classes), g));
    }
}
