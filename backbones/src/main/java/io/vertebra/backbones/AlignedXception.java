package io.vertebra.backbones;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Initializer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * The modified aligned Xception that DeepLab V3+ stands on: deeper, strided convolutions in place of pools, and norms
 * inside the separable convolutions.
 *
 * <p>Names and dilation as timm's, which took them from TensorFlow's DeepLab.
 *
 * @see <a href="https://arxiv.org/abs/1802.02611">Chen et al. 2018</a>, figure 4
 * @see Xception
 */
public final class AlignedXception implements BackboneFamily<AlignedXception.Config> {

    /** Channels of the three separable convolutions of a block, and the stride of the last one. */
    private record Block(int first, int second, int out, int stride) {
        Block(int out, int stride) {
            this(out, out, out, stride);
        }
    }

    private record Variant(List<Block> entry, int middle) {}

    // spotless:off
    private static final List<Block> ENTRY = List.of(
        new Block(128, 2),
        new Block(256, 2),
        new Block(728, 2));
    private static final List<Block> LONG_ENTRY = List.of(
        new Block(128, 2), new Block(256, 1),
        new Block(256, 2), new Block(728, 1),
        new Block(728, 2));

    private static final Variants<Variant> VARIANTS = Variants
        .of ("xception41", new Variant(ENTRY,       8))
        .and("xception65", new Variant(ENTRY,      16))
        .and("xception71", new Variant(LONG_ENTRY, 16));
    // spotless:on

    private static final Block MIDDLE = new Block(728, 1);
    private static final Block EXIT = new Block(728, 1024, 1024, 2);
    private static final Block LAST = new Block(1536, 1536, 2048, 1);

    private static final double EPSILON = 1e-3;

    /**
     * Options.
     *
     * @param outputStride 32, 16 or 8
     * @param norm what the norms do in training
     * @param activation in place of ReLU
     * @param dropPath rate of stochastic depth in the last residual block; earlier ones drop proportionally less
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
        Variant v = VARIANTS.get(variant);
        List<Block> residual = new ArrayList<>(v.entry());
        residual.addAll(Collections.nCopies(v.middle(), MIDDLE));
        residual.add(EXIT);

        Node x = g.relu(convNorm(input, Conv.of(3, 32).stride(2), g.in("stem", 0)));
        x = g.relu(convNorm(x, Conv.of(3, 64), g.in("stem", 1)));
        Dilation dilation = new Dilation(config.outputStride());
        List<Node> levels = new ArrayList<>();
        for (int i = 0; i < residual.size(); i++) {
            Block block = residual.get(i);
            Dilation.Steps steps = dilation.stage(x, block.stride());
            GraphBuilder scope = g.in("blocks", i);
            Node shortcut = block.stride() == 1 && x.channels() == block.out()
                    ? x
                    : convNorm(x, Conv.of(1, block.out()).stride(steps.stride()), scope.in("shortcut"));
            GraphBuilder stack = scope.in("stack");
            Node y = separable(stack.relu(x), block.first(), 1, steps.first(), stack.in("conv1"));
            y = stack.relu(separable(stack.relu(y), block.second(), 1, steps.first(), stack.in("conv2")));
            if (block.stride() > 1) { // the last map of its reduction
                levels.add(y);
            }
            y = separable(y, block.out(), steps.stride(), steps.first(), stack.in("conv3"));
            x = scope.add(scope.dropPath(y, config.dropPath() * i / (residual.size() - 1)), shortcut);
        }
        levels.add(last(x, dilation.stage(x, 1).rest(), g.in("blocks", residual.size(), "stack")));
        return new Pyramid(levels);
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("head.fc", features, classes);
    }

    /** Without a shortcut, and with ReLUs behind all its norms. */
    private static Node last(Node x, int dilation, GraphBuilder g) {
        Node y = x;
        int i = 1;
        for (int out : List.of(LAST.first(), LAST.second(), LAST.out())) {
            GraphBuilder scope = g.in("conv" + i++);
            y = g.relu(pointwise(g.relu(depthwise(y, 1, dilation, scope)), out, scope));
        }
        return y;
    }

    private static Node separable(Node x, int out, int stride, int dilation, GraphBuilder g) {
        return pointwise(depthwise(x, stride, dilation, g), out, g);
    }

    private static Node depthwise(Node x, int stride, int dilation, GraphBuilder g) {
        Conv conv = Conv.of(3, x.channels()).groups(x.channels()).stride(stride).dilation(dilation);
        return norm("bn_dw", g.conv("conv_dw", x, drawn(conv)), g);
    }

    private static Node pointwise(Node x, int out, GraphBuilder g) {
        return norm("bn_pw", g.conv("conv_pw", x, drawn(Conv.of(1, out))), g);
    }

    private static Node convNorm(Node x, Conv conv, GraphBuilder g) {
        return norm("bn", g.conv("conv", x, drawn(conv)), g);
    }

    private static Node norm(String name, Node x, GraphBuilder g) {
        return g.batchNorm(name, x, EPSILON, 1);
    }

    /** timm leaves PyTorch's default: uniform within ±1/√fan-in. */
    private static Conv drawn(Conv conv) {
        return conv.initializer(new Initializer.Uniform(1));
    }
}
