package io.vertebra.backbones;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.Pad;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The small ResNets for 32×32 pictures with 6n + 2 layers and the shortcut without parameters (option A).
 *
 * <p>Names as akamaster's, whose weights are the known ones.
 *
 * @see <a href="https://arxiv.org/abs/1512.03385">He et al. 2015</a>, section 4.2
 */
public final class CifarResNet implements BackboneFamily<CifarResNet.Config> {

    /** Rows are n, the blocks of each stage. */
    // spotless:off
    private static final Variants<Integer> VARIANTS = Variants
        .of ("resnet20_cifar",   3)
        .and("resnet32_cifar",   5)
        .and("resnet44_cifar",   7)
        .and("resnet56_cifar",   9)
        .and("resnet110_cifar", 18)
        .and("resnet1202_cifar", 200);
    // spotless:on

    private static final int STAGES = 3;

    /**
     * Options.
     *
     * @param outputStride 4, its own
     * @param norm what the norms do in training
     * @param activation in place of ReLU
     * @param dropPath rate of stochastic depth in the last block; earlier ones drop proportionally less
     * @param zeroInit the last norm of each block begins at scale 0, so that the block begins as the identity
     * @param inChannels channels of the picture
     */
    public record Config(
            Integer outputStride,
            Norm norm,
            Activation.Function activation,
            Double dropPath,
            Boolean zeroInit,
            Integer inChannels)
            implements BackboneConfig {
        /** Fills in and checks. */
        public Config {
            outputStride = BackboneConfig.checkedStride(
                    outputStride, List.of(4), "a network for 32x32 pictures shrinks them no further");
            norm = Objects.requireNonNullElse(norm, Norm.AUTO);
            dropPath = BackboneConfig.checkedDropPath(dropPath);
            zeroInit = Objects.requireNonNullElse(zeroInit, false);
            inChannels = BackboneConfig.checkedChannels(inChannels);
        }
    }

    @Override
    public FamilyTable<Config> table() {
        return VARIANTS.with(Config.class);
    }

    @Override
    public Pyramid build(String variant, Config config, Node input, GraphBuilder g) {
        int n = VARIANTS.get(variant);
        double dropPath = config.dropPath() / (STAGES * n - 1);
        Node x = g.relu(g.batchNorm("bn1", g.conv("conv1", input, Conv.of(3, 16))));
        List<Node> levels = new ArrayList<>();
        for (int stage = 0; stage < STAGES; stage++) {
            for (int i = 0; i < n; i++) {
                GraphBuilder block = g.in("layer" + (stage + 1), i);
                int stride = stage > 0 && i == 0 ? 2 : 1;
                Node y = branch(x, 16 << stage, stride, config.zeroInit() ? 0 : 1, block);
                Node shortcut = stride == 1 ? x : widened(x, y.channels(), block);
                x = block.relu(block.add(block.dropPath(y, dropPath * (stage * n + i)), shortcut));
            }
            levels.add(x);
        }
        return new Pyramid(levels);
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("linear", features, classes);
    }

    private static Node branch(Node x, int out, int stride, double lastScale, GraphBuilder g) {
        Node y = g.relu(g.batchNorm("bn1", g.conv("conv1", x, Conv.of(3, out).stride(stride))));
        return g.batchNorm("bn2", g.conv("conv2", y, Conv.of(3, out)), lastScale);
    }

    /** Every second cell, and channels of zeros on both sides. */
    private static Node widened(Node x, int out, GraphBuilder g) {
        Node y = g.averagePool(x, new AveragePool(Size.of(1), Size.of(2), Padding.none(), false, true));
        int zeros = (out - x.channels()) / 2;
        return g.pad(y, new Pad(zeros, zeros, Padding.none()));
    }
}
