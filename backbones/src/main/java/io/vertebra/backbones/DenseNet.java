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
import java.util.Objects;

/**
 * DenseNet-BC: every layer sees the maps of all layers of its block.
 *
 * <p>Names as torchvision's. The pyramid ends after the last ReLU, as timm's. Dilation as DenseASPP's (Yang et al. 2018,
 * section 3.2): a transition whose stride is traded does not pool, and the blocks behind it are dilated.
 *
 * @see <a href="https://arxiv.org/abs/1608.06993">Huang et al. 2016</a>, table 1
 */
public final class DenseNet implements BackboneFamily<DenseNet.Config> {

    private record Variant(int stem, int growth, List<Integer> depths) {}

    // spotless:off
    private static final Variants<Variant> VARIANTS = Variants
        .of ("densenet121", new Variant(64, 32, List.of(6, 12, 24, 16)))
        .and("densenet161", new Variant(96, 48, List.of(6, 12, 36, 24)))
        .and("densenet169", new Variant(64, 32, List.of(6, 12, 32, 32)))
        .and("densenet201", new Variant(64, 32, List.of(6, 12, 48, 32)));
    // spotless:on

    /** Channels of a layer's 1×1 convolution in growths ("B"). */
    private static final int BOTTLENECK = 4;

    /**
     * Options.
     *
     * @param outputStride 32, 16 or 8
     * @param norm what the norms do in training
     * @param activation in place of ReLU
     * @param dropout share of the values of each layer that training zeroes; 0.2 in the paper, without augmentation
     * @param inChannels channels of the picture
     */
    public record Config(
            Integer outputStride, Norm norm, Activation.Function activation, Double dropout, Integer inChannels)
            implements BackboneConfig {
        /** Fills in and checks. */
        public Config {
            outputStride = BackboneConfig.checkedStride(outputStride, List.of(32, 16, 8), "");
            norm = Objects.requireNonNullElse(norm, Norm.AUTO);
            dropout = BackboneConfig.checkedRate("dropout", dropout, 0);
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
        GraphBuilder features = g.in("features");
        Node x = features.conv("conv0", input, he(7, v.stem(), input).stride(2));
        x = g.relu(features.batchNorm("norm0", x));
        List<Node> levels = new ArrayList<>(List.of(x));
        x = g.maxPool(x, 3, 2, 1);

        Dilation dilation = new Dilation(config.outputStride());
        int blocks = v.depths().size();
        for (int block = 1; block <= blocks; block++) {
            Dilation.Steps steps = dilation.stage(x, block == 1 ? 1 : 2);
            if (block > 1) {
                x = transition(x, steps.stride(), features.in("transition" + (block - 1)));
            }
            for (int i = 1; i <= v.depths().get(block - 1); i++) {
                GraphBuilder layer = features.in("denseblock" + block, "denselayer" + i);
                x = layer.concat(x, layer.dropout(layer(x, v.growth(), steps.rest(), layer), config.dropout()));
            }
            levels.add(block < blocks ? x : g.relu(features.batchNorm("norm5", x)));
        }
        return new Pyramid(levels);
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("classifier", features, classes);
    }

    /** The composite function of section 3: norm, ReLU and convolution, twice. */
    private static Node layer(Node x, int growth, int dilation, GraphBuilder g) {
        Node y = g.relu(g.batchNorm("norm1", x));
        y = g.conv("conv1", y, he(1, BOTTLENECK * growth, y));
        y = g.relu(g.batchNorm("norm2", y));
        return g.conv("conv2", y, he(3, growth, y).dilation(dilation));
    }

    /** Half the channels ("C"), half the size. */
    private static Node transition(Node x, int stride, GraphBuilder g) {
        Node y = g.relu(g.batchNorm("norm", x));
        y = g.conv("conv", y, he(1, x.channels() / 2, y));
        return stride == 1 ? y : g.averagePool(y, new AveragePool(Size.of(2), Size.of(2), Padding.none(), false, true));
    }

    /** Variance 2 / fan-in, as torchvision's. */
    private static Conv he(int kernel, int out, Node x) {
        return Conv.of(kernel, out)
                .initializer(new Initializer.Normal(Math.sqrt(2.0 / (kernel * kernel * x.channels()))));
    }
}
