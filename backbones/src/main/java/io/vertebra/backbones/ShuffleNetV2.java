package io.vertebra.backbones;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Initializer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * ShuffleNet V2: half of the channels pass each block untouched, and a shuffle mixes the halves.
 *
 * <p>Names as torchvision's; the pyramid ends at the last convolution, as torchvision's.
 *
 * @see <a href="https://arxiv.org/abs/1807.11164">Ma et al. 2018</a>, table 5
 */
public final class ShuffleNetV2 implements BackboneFamily<ShuffleNetV2.Config> {

    private record Variant(List<Integer> widths, int last) {}

    // spotless:off
    private static final Variants<Variant> VARIANTS = Variants
        .of ("shufflenet_v2_x0_5", new Variant(List.of( 48,  96, 192), 1024))
        .and("shufflenet_v2_x1_0", new Variant(List.of(116, 232, 464), 1024))
        .and("shufflenet_v2_x1_5", new Variant(List.of(176, 352, 704), 1024))
        .and("shufflenet_v2_x2_0", new Variant(List.of(244, 488, 976), 2048));
    // spotless:on

    private static final List<Integer> DEPTHS = List.of(4, 8, 4);
    private static final int STEM = 24;

    /** PyTorch's own choice for convolutions. */
    private static final Initializer PYTORCH = new Initializer.Uniform(1);

    /**
     * Options.
     *
     * @param outputStride 32, 16 or 8
     * @param norm what the norms do in training
     * @param activation in place of ReLU
     * @param inChannels channels of the picture
     */
    public record Config(Integer outputStride, Norm norm, Activation.Function activation, Integer inChannels)
            implements BackboneConfig {
        /** Fills in and checks. */
        public Config {
            outputStride = BackboneConfig.checkedStride(outputStride, List.of(32, 16, 8), "");
            norm = Objects.requireNonNullElse(norm, Norm.AUTO);
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
        Dilation dilation = new Dilation(config.outputStride());
        List<Node> levels = new ArrayList<>();
        Node x = convNormRelu(input, Conv.of(3, STEM).stride(2), 0, g.in("conv1"));
        levels.add(x);
        x = g.maxPool(x, 3, 2, 1);
        for (int stage = 0; stage < DEPTHS.size(); stage++) {
            levels.add(x);
            Dilation.Steps steps = dilation.stage(x, 2);
            int half = v.widths().get(stage) / 2;
            x = shrink(x, half, steps, g.in("stage" + (stage + 2), 0));
            for (int i = 1; i < DEPTHS.get(stage); i++) {
                x = unit(x, half, steps.block(i), g.in("stage" + (stage + 2), i));
            }
        }
        levels.add(convNormRelu(x, Conv.of(1, v.last()), 0, g.in("conv5")));
        return new Pyramid(levels);
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("fc", features, classes);
    }

    /** Figure 3(c): one half stays. */
    private static Node unit(Node x, int half, Dilation.Steps s, GraphBuilder g) {
        Node stays = g.slice(x, 0, half);
        return shuffled(stays, branch(g.slice(x, half, 2 * half), half, s, g.in("branch2")), g);
    }

    /** Figure 3(d): both halves see all channels. */
    private static Node shrink(Node x, int half, Dilation.Steps s, GraphBuilder g) {
        GraphBuilder branch = g.in("branch1");
        Node y = convNormRelu(filter(x, s, 0, branch), Conv.of(1, half), 2, branch);
        return shuffled(y, branch(x, half, s, g.in("branch2")), g);
    }

    private static Node branch(Node x, int half, Dilation.Steps s, GraphBuilder g) {
        Node y = filter(convNormRelu(x, Conv.of(1, half), 0, g), s, 3, g);
        return convNormRelu(y, Conv.of(1, half), 5, g);
    }

    private static Node shuffled(Node one, Node other, GraphBuilder g) {
        return g.channelShuffle(g.concat(one, other), 2);
    }

    private static Node filter(Node x, Dilation.Steps s, int layer, GraphBuilder g) {
        Conv depthwise =
                Conv.of(3, x.channels()).groups(x.channels()).stride(s.stride()).dilation(s.first());
        return convNorm(x, depthwise, layer, g);
    }

    private static Node convNormRelu(Node x, Conv conv, int layer, GraphBuilder g) {
        return g.relu(convNorm(x, conv, layer, g));
    }

    /** A convolution at its place in torchvision's list, and the norm behind it. */
    private static Node convNorm(Node x, Conv conv, int layer, GraphBuilder g) {
        return g.batchNorm("" + (layer + 1), g.conv("" + layer, x, conv.initializer(PYTORCH)));
    }
}
