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
 * SE-ResNet as the authors published it: the stride on the first 1×1 convolution, and a stem that pools without padding,
 * rounded up.
 *
 * <p>Names as timm's. A stride that is traded for dilation stood before the block's 3×3 convolution, which is therefore
 * dilated like those behind it.
 *
 * @see <a href="https://arxiv.org/abs/1709.01507">Hu et al. 2017</a>, table 1
 * @see ResNet
 */
public final class LegacySeResNet implements BackboneFamily<LegacySeResNet.Config> {

    /** Rows are the blocks of each stage. */
    // spotless:off
    private static final Variants<List<Integer>> VARIANTS = Variants
        .of("legacy_seresnet50", List.of(3, 4, 6, 3));
    // spotless:on

    private static final int REDUCTION = 16;

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
        List<Integer> depths = VARIANTS.get(variant);
        GraphBuilder stem = g.in("layer0");
        Node x = stem.relu(
                stem.batchNorm("bn1", stem.conv("conv1", input, Conv.of(7, 64).stride(2))));
        List<Node> levels = new ArrayList<>(List.of(x));
        x = stem.maxPool(x, new MaxPool(Size.of(3), Size.of(2), Padding.none(), true));

        Dilation dilation = new Dilation(config.outputStride());
        double dropPath =
                config.dropPath() / (depths.stream().mapToInt(Integer::intValue).sum() - 1);
        int blocks = 0;
        for (int stage = 0; stage < depths.size(); stage++) {
            Dilation.Steps steps = dilation.stage(x, stage == 0 ? 1 : 2);
            for (int i = 0; i < depths.get(stage); i++) {
                GraphBuilder block = g.in("layer" + (stage + 1), i);
                Node y = branch(x, 64 << stage, steps.block(i), block);
                Node shortcut = i == 0 ? projection(x, y, steps.stride(), block.in("downsample")) : x;
                x = block.relu(block.add(block.dropPath(y, dropPath * blocks++), shortcut));
            }
            levels.add(x);
        }
        return new Pyramid(levels);
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("last_linear", features, classes);
    }

    private static Node branch(Node x, int planes, Dilation.Steps s, GraphBuilder g) {
        Node y = g.relu(g.batchNorm("bn1", g.conv("conv1", x, Conv.of(1, planes).stride(s.stride()))));
        y = g.relu(g.batchNorm("bn2", g.conv("conv2", y, Conv.of(3, planes).dilation(s.rest()))));
        y = g.batchNorm("bn3", g.conv("conv3", y, Conv.of(1, 4 * planes)));
        return SqueezeExcitation.of(
                y, y.channels() / REDUCTION, Activation.Function.RELU, Activation.Function.SIGMOID, g.in("se_module"));
    }

    private static Node projection(Node x, Node y, int stride, GraphBuilder g) {
        return g.batchNorm("1", g.conv("0", x, Conv.of(1, y.channels()).stride(stride)));
    }
}
