package io.vertebra.backbones;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.LocalResponseNorm;
import io.vertebra.graph.op.MaxPool;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.List;

/**
 * ZFNet: AlexNet whose first layer sees 7×7 cells at stride 2, with local response norms behind the first two layers; and
 * the wider form of its table 4.
 *
 * <p>Names as pytorchcv's.
 *
 * @see <a href="https://arxiv.org/abs/1311.2901">Zeiler and Fergus 2013</a>, figure 3 and table 4
 */
public final class ZfNet implements BackboneFamily<ZfNet.Config> {

    // spotless:off
    /** Channels of the convolutions of the third stage. */
    private static final Variants<List<Integer>> VARIANTS = Variants
        .of ("zfnet",  List.of(384, 384, 256))
        .and("zfnetb", List.of(512, 1024, 512));
    // spotless:on

    private static final int FIRST = 96;
    private static final int SECOND = 256;
    private static final LocalResponseNorm NORM = new LocalResponseNorm(5, 1e-4, 0.75, 2);
    private static final int GRID = 6;
    private static final int HIDDEN = 4096;

    /**
     * Options.
     *
     * @param outputStride 32, its own
     * @param activation in place of ReLU
     * @param dropout share of the values of each hidden layer of the classifier that training zeroes
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
        List<Integer> widths = VARIANTS.get(variant);
        GraphBuilder features = g.in("features");
        List<Node> levels = new ArrayList<>();
        Node x = unit(input, Conv.of(7, FIRST).stride(2).padding(Padding.of(1)), features.in("stage1", "unit1"));
        levels.add(pool(g.localResponseNorm(x, NORM), g));
        x = unit(levels.get(0), Conv.of(5, SECOND).stride(2).padding(Padding.none()), features.in("stage2", "unit1"));
        levels.add(pool(g.localResponseNorm(x, NORM), g));
        x = levels.get(1);
        for (int i = 0; i < widths.size(); i++) {
            x = unit(x, Conv.of(3, widths.get(i)), features.in("stage3", "unit" + (i + 1)));
        }
        levels.add(pool(x, g));
        return new Pyramid(levels);
    }

    @Override
    public Node features(String variant, Config config, Pyramid pyramid, GraphBuilder g) {
        GraphBuilder output = g.in("output");
        Node x = g.flatten(g.adaptiveAveragePool(pyramid.last(), Size.of(GRID)));
        x = g.dropout(g.relu(output.linear("fc1.fc", x, HIDDEN)), config.dropout());
        return g.dropout(g.relu(output.linear("fc2.fc", x, HIDDEN)), config.dropout());
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("output.fc3", features, classes);
    }

    private static Node unit(Node x, Conv conv, GraphBuilder g) {
        return g.relu(g.conv("conv", x, conv.withBias().initializer(Initializer.heUniform())));
    }

    /** Rounds up. */
    private static Node pool(Node x, GraphBuilder g) {
        return g.maxPool(x, new MaxPool(Size.of(3), Size.of(2), Padding.none(), true));
    }
}
