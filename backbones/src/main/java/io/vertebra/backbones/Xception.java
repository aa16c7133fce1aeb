package io.vertebra.backbones;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.MaxPool;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Xception: residual blocks of depthwise separable convolutions, without a nonlinearity inside them.
 *
 * <p>Names and ε as timm's, which took them from Keras' port. A block whose stride is traded for dilation pools at stride
 * 1; its own convolutions stand before the pool and keep the dilation of the block before.
 *
 * @see <a href="https://arxiv.org/abs/1610.02357">Chollet 2016</a>, figure 5
 * @see AlignedXception
 */
public final class Xception implements BackboneFamily<Xception.Config> {

    /** Channels of the separable convolutions of a block, and the stride of the pool behind them. */
    private record Block(List<Integer> widths, int stride) {}

    // spotless:off
    private static final Block MIDDLE = new Block(List.of(728, 728, 728), 1);

    private static final Variants<List<Block>> VARIANTS = Variants.of("legacy_xception", List.of(
        new Block(List.of(128,  128), 2), // entry flow
        new Block(List.of(256,  256), 2),
        new Block(List.of(728,  728), 2),
        MIDDLE, MIDDLE, MIDDLE, MIDDLE, MIDDLE, MIDDLE, MIDDLE, MIDDLE,
        new Block(List.of(728, 1024), 2))); // exit flow
    // spotless:on

    /**
     * Options.
     *
     * @param outputStride 32, 16 or 8
     * @param norm what the norms do in training
     * @param activation in place of ReLU
     * @param dropPath rate of stochastic depth in the last block; earlier ones drop proportionally less
     * @param inChannels channels of the picture
     */
    public record Config(
            Integer outputStride, Norm norm, Activation.Function activation, Double dropPath, Integer inChannels)
            implements BackboneConfig {
        /** Fills in and checks. */
        public Config {
            outputStride = BackboneConfig.checkedStride(outputStride, List.of(32, 16, 8), "");
            norm = Objects.requireNonNullElse(norm, Norm.AUTO);
            dropPath = BackboneConfig.checkedDropPath(dropPath);
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
        Node x = g.conv("conv1", input, Conv.of(3, 32).stride(2).padding(Padding.none()));
        x = g.relu(g.batchNorm("bn1", x));
        x = g.relu(g.batchNorm("bn2", g.conv("conv2", x, Conv.of(3, 64).padding(Padding.none()))));

        Dilation dilation = new Dilation(config.outputStride());
        List<Node> levels = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            Dilation.Steps steps = dilation.stage(x, block.stride());
            GraphBuilder scope = g.in("block" + (i + 1));
            Node y = i == 0 ? x : scope.in("rep").relu(x); // the stem has its ReLU already
            if (block.stride() > 1) { // the last map of its reduction
                levels.add(y);
            }
            Node shortcut = block.stride() == 1 ? x : shortcut(x, block, steps.stride(), scope);
            y = branch(y, block, i == 0 ? 0 : 1, steps, scope.in("rep"));
            x = scope.add(scope.dropPath(y, config.dropPath() * i / (blocks.size() - 1)), shortcut);
        }
        int last = dilation.stage(x, 1).rest();
        x = g.relu(g.batchNorm("bn3", separable(x, 1536, last, g.in("conv3"))));
        x = g.relu(g.batchNorm("bn4", separable(x, 2048, last, g.in("conv4"))));
        levels.add(x);
        return new Pyramid(levels);
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("fc", features, classes);
    }

    /** Separable convolutions with norms, ReLUs between them, and the pool; {@code layer} counts all of them. */
    private static Node branch(Node x, Block block, int layer, Dilation.Steps s, GraphBuilder g) {
        Node y = x;
        for (int i = 0; i < block.widths().size(); i++, layer += 3) {
            y = separable(i == 0 ? y : g.relu(y), block.widths().get(i), s.first(), g.in(layer));
            y = g.batchNorm("" + (layer + 1), y);
        }
        return block.stride() == 1
                ? y
                : g.maxPool(y, new MaxPool(Size.of(3), Size.of(s.stride()), Padding.of(1), false));
    }

    private static Node shortcut(Node x, Block block, int stride, GraphBuilder g) {
        int out = block.widths().get(block.widths().size() - 1);
        return g.batchNorm("skipbn", g.conv("skip", x, Conv.of(1, out).stride(stride)));
    }

    private static Node separable(Node x, int out, int dilation, GraphBuilder g) {
        Conv depthwise = Conv.of(3, x.channels()).groups(x.channels()).dilation(dilation);
        return g.conv("pointwise", g.conv("conv1", x, depthwise), Conv.of(1, out));
    }
}
