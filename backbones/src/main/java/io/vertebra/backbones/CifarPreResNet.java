package io.vertebra.backbones;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The ResNets for 32×32 pictures whose norms and ReLUs stand before the convolutions, so that the sum of a unit is passed on
 * as it is ("full pre-activation").
 *
 * <p>Names as pytorchcv's, and as there the shortcut of a unit that changes channels or size is a 1×1 convolution of what the
 * branch has normed and activated; that of every other unit, the very first one too, is the sum before it. The pyramid ends
 * after the last norm and ReLU.
 *
 * @see <a href="https://arxiv.org/abs/1603.05027">He et al. 2016</a>, figure 4 (e) and table 3
 * @see CifarResNet
 */
public final class CifarPreResNet implements BackboneFamily<CifarPreResNet.Config> {

    /** Units of each stage, and whether they are of three convolutions on a quarter of the channels. */
    private record Variant(int units, boolean bottleneck) {
        int out(int stage) {
            return (bottleneck ? 64 : 16) << stage;
        }
    }

    // spotless:off
    private static final Variants<Variant> VARIANTS = Variants
        .of ("preresnet20_cifar",    new Variant( 3, false))
        .and("preresnet56_cifar",    new Variant( 9, false))
        .and("preresnet110_cifar",   new Variant(18, false))
        .and("preresnet164bn_cifar", new Variant(18, true));
    // spotless:on

    private static final int STAGES = 3;

    /**
     * Options.
     *
     * @param outputStride 4, its own
     * @param norm what the norms do in training
     * @param activation in place of ReLU
     * @param dropPath rate of stochastic depth in the last unit; earlier ones drop proportionally less
     * @param inChannels channels of the picture
     */
    public record Config(
            Integer outputStride, Norm norm, Activation.Function activation, Double dropPath, Integer inChannels)
            implements BackboneConfig {
        /** Fills in and checks. */
        public Config {
            outputStride = BackboneConfig.checkedStride(
                    outputStride, List.of(4), "a network for 32x32 pictures shrinks them no further");
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
        Variant v = VARIANTS.get(variant);
        double dropPath = config.dropPath() / (STAGES * v.units() - 1);
        GraphBuilder features = g.in("features");
        Node x = features.conv("init_block", input, PreActivation.of(3, 16));
        List<Node> levels = new ArrayList<>();
        for (int stage = 0; stage < STAGES; stage++) {
            for (int i = 0; i < v.units(); i++) {
                GraphBuilder unit = features.in("stage" + (stage + 1), "unit" + (i + 1));
                int stride = stage > 0 && i == 0 ? 2 : 1;
                x = unit(x, branch(v.bottleneck(), v.out(stage), stride), dropPath * (stage * v.units() + i), unit);
            }
            levels.add(stage < STAGES - 1 ? x : PreActivation.active(x, features.in("post_activ")));
        }
        return new Pyramid(levels);
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("output", features, classes);
    }

    private static List<Conv> branch(boolean bottleneck, int out, int stride) {
        return bottleneck
                ? List.of(
                        PreActivation.of(1, out / 4),
                        PreActivation.of(3, out / 4).stride(stride),
                        PreActivation.of(1, out))
                : List.of(PreActivation.of(3, out).stride(stride), PreActivation.of(3, out));
    }

    private static Node unit(Node x, List<Conv> branch, double dropPath, GraphBuilder g) {
        GraphBuilder first = g.in("body", "conv1");
        Node active = PreActivation.active(x, first);
        Node y = first.conv("conv", active, branch.get(0));
        for (int i = 1; i < branch.size(); i++) {
            y = PreActivation.conv(y, branch.get(i), g.in("body", "conv" + (i + 1)));
        }
        int stride = y.reduction() / x.reduction();
        Node shortcut = stride == 1 && x.channels() == y.channels()
                ? x
                : g.conv(
                        "identity_conv",
                        active,
                        PreActivation.of(1, y.channels()).stride(stride));
        return g.add(g.dropPath(y, dropPath), shortcut);
    }
}
