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
 * AlexNet in one tower, without local response normalisation: the form of 2014, as torchvision has it.
 *
 * <p>Names as torchvision's.
 *
 * @see <a href="https://arxiv.org/abs/1404.5997">Krizhevsky 2014</a>, section 3
 */
public final class AlexNet implements BackboneFamily<AlexNet.Config> {

    /** A convolution: its place in torchvision's list, window, channels, stride, and whether a pool stands before it. */
    private record Layer(int place, int kernel, int out, int stride, boolean pool) {}

    // spotless:off
    private static final Variants<List<Layer>> VARIANTS = Variants.of("alexnet", List.of(
        new Layer( 0, 11,  64, 4, false),
        new Layer( 3,  5, 192, 1, true),
        new Layer( 6,  3, 384, 1, true),
        new Layer( 8,  3, 256, 1, false),
        new Layer(10,  3, 256, 1, false)));
    // spotless:on

    private static final int STEM_PADDING = 2;
    private static final int GRID = 6;
    private static final int HIDDEN = 4096;
    private static final Initializer PYTORCH = new Initializer.Uniform(1);

    /**
     * Options.
     *
     * @param outputStride 32, its own
     * @param activation in place of ReLU
     * @param dropout share of the values before each hidden layer of the classifier that training zeroes
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
        GraphBuilder features = g.in("features");
        Node x = input;
        List<Node> levels = new ArrayList<>();
        for (Layer layer : VARIANTS.get(variant)) {
            if (layer.pool()) {
                levels.add(x);
                x = pool(x, g);
            }
            Conv conv = Conv.of(layer.kernel(), layer.out()).stride(layer.stride());
            conv = layer.place() == 0 ? conv.padding(Padding.of(STEM_PADDING)) : conv; // 5 would keep the size
            x = g.relu(features.conv("" + layer.place(), x, conv.withBias().initializer(PYTORCH)));
        }
        levels.add(x);
        levels.add(pool(x, g));
        return new Pyramid(levels);
    }

    @Override
    public Node features(String variant, Config config, Pyramid pyramid, GraphBuilder g) {
        GraphBuilder classifier = g.in("classifier");
        Node x = g.flatten(g.adaptiveAveragePool(pyramid.last(), Size.of(GRID)));
        x = g.relu(classifier.linear("1", g.dropout(x, config.dropout()), HIDDEN));
        return g.relu(classifier.linear("4", g.dropout(x, config.dropout()), HIDDEN));
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("classifier.6", features, classes);
    }

    private static Node pool(Node x, GraphBuilder g) {
        return g.maxPool(x, new MaxPool(Size.of(3), Size.of(2), Padding.none(), false));
    }
}
