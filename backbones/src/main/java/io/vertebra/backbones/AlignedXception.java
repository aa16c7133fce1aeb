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
 * inside the separable convolutions; timm's "p" has its norms and ReLUs before them instead.
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

    private enum Form {
        NORMS_INSIDE,
        NORMS_BEFORE
    }

    private record Variant(List<Block> entry, int middle, Form form, double epsilon) {
        boolean isNormedBefore() {
            return form == Form.NORMS_BEFORE;
        }
    }

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
        .of ("xception41",  new Variant(ENTRY,       8, Form.NORMS_INSIDE, 1e-3))
        .and("xception65",  new Variant(ENTRY,      16, Form.NORMS_INSIDE, 1e-3))
        .and("xception71",  new Variant(LONG_ENTRY, 16, Form.NORMS_INSIDE, 1e-3))
        .and("xception41p", new Variant(ENTRY,       8, Form.NORMS_BEFORE, 1e-5))
        .and("xception65p", new Variant(ENTRY,      16, Form.NORMS_BEFORE, 1e-3));
    // spotless:on

    private static final Block MIDDLE = new Block(728, 1);
    private static final Block EXIT = new Block(728, 1024, 1024, 2);
    private static final Block LAST = new Block(1536, 1536, 2048, 1);

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

        Node x = stem(v, input, g.in("stem"));
        Dilation dilation = new Dilation(config.outputStride());
        List<Node> levels = new ArrayList<>();
        for (int i = 0; i < residual.size(); i++) {
            Block block = residual.get(i);
            Dilation.Steps steps = dilation.stage(x, block.stride());
            GraphBuilder scope = g.in("blocks", i);
            Node first = v.isNormedBefore() ? active(v, x, scope) : x;
            Node shortcut = shortcut(v, first, block, steps.stride(), scope);
            GraphBuilder stack = scope.in("stack");
            Node y = v.isNormedBefore() ? first : stack.relu(first);
            y = separable(v, y, block.first(), 1, steps.first(), stack.in("conv1"));
            y = active(v, y, stack.in("conv2"));
            y = separable(v, y, block.second(), 1, steps.first(), stack.in("conv2"));
            Node z = active(v, y, stack.in("conv3"));
            if (block.stride() > 1) { // the last map of its reduction, in timm before norms that stand before
                levels.add(v.isNormedBefore() ? y : z);
            }
            z = separable(v, z, block.out(), steps.stride(), steps.first(), stack.in("conv3"));
            x = scope.add(scope.dropPath(z, config.dropPath() * i / (residual.size() - 1)), shortcut);
        }
        GraphBuilder scope = g.in("blocks", residual.size());
        int rest = dilation.stage(x, 1).rest();
        levels.add(v.isNormedBefore() ? lastNormedBefore(v, x, rest, scope) : last(v, x, rest, scope.in("stack")));
        return new Pyramid(levels);
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("head.fc", features, classes);
    }

    private static Node stem(Variant v, Node input, GraphBuilder g) {
        Node x = g.relu(convNorm(v, input, Conv.of(3, 32).stride(2), g.in(0)));
        return v.isNormedBefore()
                ? g.conv("1", x, drawn(Conv.of(3, 64)))
                : g.relu(convNorm(v, x, Conv.of(3, 64), g.in(1)));
    }

    private static Node shortcut(Variant v, Node x, Block block, int stride, GraphBuilder g) {
        if (block.stride() == 1 && x.channels() == block.out()) {
            return x;
        }
        Conv projection = Conv.of(1, block.out()).stride(stride);
        return v.isNormedBefore()
                ? g.conv("shortcut", x, drawn(projection))
                : convNorm(v, x, projection, g.in("shortcut"));
    }

    /** Without a shortcut, and with ReLUs behind all its norms. */
    private static Node last(Variant v, Node x, int dilation, GraphBuilder g) {
        Node y = x;
        int i = 1;
        for (int out : List.of(LAST.first(), LAST.second(), LAST.out())) {
            GraphBuilder scope = g.in("conv" + i++);
            Node inner = g.relu(norm(v, "bn_dw", depthwise(y, 1, dilation, scope), scope));
            y = g.relu(norm(v, "bn_pw", pointwise(inner, out, scope), scope));
        }
        return y;
    }

    /** Without a shortcut, and with a ReLU behind everything. */
    private static Node lastNormedBefore(Variant v, Node x, int dilation, GraphBuilder g) {
        GraphBuilder stack = g.in("stack");
        Node y = separable(v, active(v, x, g), LAST.first(), 1, dilation, stack.in("conv1"));
        y = separable(v, active(v, y, stack.in("conv2")), LAST.second(), 1, dilation, stack.in("conv2"));
        y = separable(v, active(v, y, stack.in("conv3")), LAST.out(), 1, dilation, stack.in("conv3"));
        return g.relu(y);
    }

    /** The ReLU before a layer, and a norm before it where norms stand before. */
    private static Node active(Variant v, Node x, GraphBuilder g) {
        return g.relu(v.isNormedBefore() ? norm(v, "norm", x, g) : x);
    }

    private static Node separable(Variant v, Node x, int out, int stride, int dilation, GraphBuilder g) {
        Node y = depthwise(x, stride, dilation, g);
        return v.isNormedBefore()
                ? pointwise(y, out, g)
                : norm(v, "bn_pw", pointwise(norm(v, "bn_dw", y, g), out, g), g);
    }

    private static Node depthwise(Node x, int stride, int dilation, GraphBuilder g) {
        Conv conv = Conv.of(3, x.channels()).groups(x.channels()).stride(stride).dilation(dilation);
        return g.conv("conv_dw", x, drawn(conv));
    }

    private static Node pointwise(Node x, int out, GraphBuilder g) {
        return g.conv("conv_pw", x, drawn(Conv.of(1, out)));
    }

    private static Node convNorm(Variant v, Node x, Conv conv, GraphBuilder g) {
        return norm(v, "bn", g.conv("conv", x, drawn(conv)), g);
    }

    private static Node norm(Variant v, String name, Node x, GraphBuilder g) {
        return g.batchNorm(name, x, v.epsilon(), 1);
    }

    /** timm leaves PyTorch's default: uniform within ±1/√fan-in. */
    private static Conv drawn(Conv conv) {
        return conv.initializer(new Initializer.Uniform(1));
    }
}
