package io.vertebra.backbones;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.Initializer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * MobileNet V3: inverted residuals found by search, with squeeze and excitation and hard swish.
 *
 * <p>Names as torchvision's; the pyramid ends at the last convolution, as torchvision's and timm's.
 *
 * @see <a href="https://arxiv.org/abs/1905.02244">Howard et al. 2019</a>, tables 1 and 2
 */
public final class MobileNetV3 implements BackboneFamily<MobileNetV3.Config> {

    private static final Activation.Function RE = Activation.Function.RELU;
    private static final Activation.Function HS = Activation.Function.HARD_SWISH;

    /** A row of the paper's tables: kernel, expanded channels, output channels, squeeze and excitation, nonlinearity, stride. */
    private record Block(
            int kernel, int expanded, int out, boolean excites, Activation.Function activation, int stride) {}

    private record Design(List<Block> blocks, int hidden) {}

    /**
     * What a library has besides.
     *
     * @param relative a block expands what it is given by a ratio, the stem and the hidden layer do not shrink, and the first
     *     block that loses its stride keeps the dilation before it, as timm's
     */
    private record Form(BatchNorm norm, boolean samePadding, boolean relative) {
        ConvNorm layers(Activation.Function activation) {
            return new ConvNorm(norm, activation, samePadding);
        }
    }

    private record Variant(Design design, double width, Form form) {}

    // spotless:off
    private static final Design SMALL = new Design(List.of(
        new Block(3,  16,  16, true,  RE, 2),
        new Block(3,  72,  24, false, RE, 2),
        new Block(3,  88,  24, false, RE, 1),
        new Block(5,  96,  40, true,  HS, 2),
        new Block(5, 240,  40, true,  HS, 1),
        new Block(5, 240,  40, true,  HS, 1),
        new Block(5, 120,  48, true,  HS, 1),
        new Block(5, 144,  48, true,  HS, 1),
        new Block(5, 288,  96, true,  HS, 2),
        new Block(5, 576,  96, true,  HS, 1),
        new Block(5, 576,  96, true,  HS, 1)), 1024);

    private static final Design LARGE = new Design(List.of(
        new Block(3,  16,  16, false, RE, 1),
        new Block(3,  64,  24, false, RE, 2),
        new Block(3,  72,  24, false, RE, 1),
        new Block(5,  72,  40, true,  RE, 2),
        new Block(5, 120,  40, true,  RE, 1),
        new Block(5, 120,  40, true,  RE, 1),
        new Block(3, 240,  80, false, HS, 2),
        new Block(3, 200,  80, false, HS, 1),
        new Block(3, 184,  80, false, HS, 1),
        new Block(3, 184,  80, false, HS, 1),
        new Block(3, 480, 112, true,  HS, 1),
        new Block(3, 672, 112, true,  HS, 1),
        new Block(5, 672, 160, true,  HS, 2),
        new Block(5, 960, 160, true,  HS, 1),
        new Block(5, 960, 160, true,  HS, 1)), 1280);

    private static final Form TORCHVISION = new Form(new BatchNorm(1e-3, 0.01, false, 1), false, false);
    private static final Form TIMM        = new Form(new BatchNorm(1e-5, 0.1,  false, 1), false, true);
    private static final Form TENSORFLOW  = new Form(new BatchNorm(1e-3, 0.1,  false, 1), true,  true);

    private static final Variants<Variant> VARIANTS = Variants
        .of ("mobilenet_v3_small",       new Variant(SMALL, 1.00, TORCHVISION))
        .and("mobilenet_v3_large",       new Variant(LARGE, 1.00, TORCHVISION))
        .and("mobilenetv3_small_050",    new Variant(SMALL, 0.50, TIMM))
        .and("mobilenetv3_small_075",    new Variant(SMALL, 0.75, TIMM))
        .and("mobilenetv3_large_075",    new Variant(LARGE, 0.75, TIMM))
        .and("tf_mobilenetv3_small_075", new Variant(SMALL, 0.75, TENSORFLOW))
        .and("tf_mobilenetv3_small_100", new Variant(SMALL, 1.00, TENSORFLOW))
        .and("tf_mobilenetv3_large_075", new Variant(LARGE, 0.75, TENSORFLOW))
        .and("tf_mobilenetv3_large_100", new Variant(LARGE, 1.00, TENSORFLOW));
    // spotless:on

    private static final int STEM = 16;

    /** The last convolution's channels are so many times its input's. */
    private static final int LAST = 6;

    /** Blocks of the last stage. */
    private static final int TAIL = 3;

    private static final Initializer NORMAL = new Initializer.Normal(0.01);

    /**
     * Options.
     *
     * @param width a factor on all channels
     * @param outputStride 32, 16 or 8
     * @param norm what the norms do in training
     * @param activation in place of ReLU and hard swish
     * @param dropPath rate of stochastic depth in the last block; earlier ones drop proportionally less
     * @param dropout share of the classifier's input that training zeroes
     * @param reducedTail half the channels in the last stage and behind it (section 6.3), as in torchvision's SSDLite
     * @param expandedLevel the level before the last one is the expansion of the last stage's first block: what SSDLite
     *     takes (section 6.3)
     * @param firstMaps each level but the last is the first map of its reduction, not the last one: what torchvision's
     *     networks for segmentation take
     * @param tailLevel the last stage's first block is a level of its own before the last one: what torchvision's Faster
     *     R-CNN takes
     * @param inChannels channels of the picture
     */
    public record Config(
            Double width,
            Integer outputStride,
            Norm norm,
            Activation.Function activation,
            Double dropPath,
            Double dropout,
            Boolean reducedTail,
            Boolean expandedLevel,
            Boolean firstMaps,
            Boolean tailLevel,
            Integer inChannels)
            implements BackboneConfig {
        /** Fills in and checks. */
        public Config {
            width = BackboneConfig.checkedWidth(width);
            outputStride = BackboneConfig.checkedStride(outputStride, List.of(32, 16, 8), "");
            norm = Objects.requireNonNullElse(norm, Norm.AUTO);
            dropPath = BackboneConfig.checkedDropPath(dropPath);
            dropout = BackboneConfig.checkedRate("dropout", dropout, 0.2);
            reducedTail = Objects.requireNonNullElse(reducedTail, false);
            expandedLevel = Objects.requireNonNullElse(expandedLevel, false);
            firstMaps = Objects.requireNonNullElse(firstMaps, false);
            Check.that(!expandedLevel || !firstMaps, "first_maps", "must be false with expanded_level");
            tailLevel = Objects.requireNonNullElse(tailLevel, false);
            inChannels = BackboneConfig.checkedChannels(inChannels);
        }

        /** Channels of the last stage or behind it. */
        private int tail(int channels) {
            return reducedTail ? channels / 2 : channels;
        }
    }

    @Override
    public FamilyTable<Config> table() {
        return VARIANTS.with(Config.class);
    }

    @Override
    public Pyramid build(String variant, Config config, Node input, GraphBuilder g) {
        Variant v = VARIANTS.get(variant);
        Form form = v.form();
        double width = v.width() * config.width();
        List<Block> blocks = v.design().blocks();
        int tail = blocks.size() - TAIL;
        Dilation dilation = new Dilation(config.outputStride());
        ConvNorm ends = form.layers(HS);
        Node x = ends.active(input, Conv.of(3, end(STEM, v, config)).stride(2), g.in("features", 0));
        Node first = x; // of its reduction
        List<Node> levels = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            Block row = blocks.get(i);
            GraphBuilder scope = g.in("features", i + 1);
            int out = Widths.scale(i >= tail ? config.tail(row.out()) : row.out(), width);
            int given = i == 0 ? STEM : blocks.get(i - 1).out();
            int expanded = form.relative()
                    ? Widths.scale(x.channels(), (double) row.expanded() / given)
                    : Widths.scale(i > tail ? config.tail(row.expanded()) : row.expanded(), width);
            InvertedResidual block = residual(row, expanded, out, form);
            Node expansion = block.expand(x, scope);
            if (row.stride() == 2) { // x is the last map of its reduction
                levels.add(config.firstMaps() ? first : config.expandedLevel() && i == tail ? expansion : x);
            }
            Dilation.Steps steps = dilation.stage(x, row.stride());
            // torchvision dilates the first block of a stage too, unlike ResNets and timm
            int taps = form.relative() ? steps.first() : steps.rest();
            Node y = block.project(x, expansion, steps.stride(), taps, scope);
            double rate = config.dropPath() * i / (blocks.size() - 1);
            x = row.stride() == 1 && x.channels() == out ? scope.add(scope.dropPath(y, rate), x) : y;
            first = row.stride() == 2 ? x : first;
            if (config.tailLevel() && i == tail) {
                levels.add(x);
            }
        }
        levels.add(ends.active(x, Conv.of(1, LAST * x.channels()), g.in("features", blocks.size() + 1)));
        return new Pyramid(levels);
    }

    private static InvertedResidual residual(Block row, int expanded, int out, Form form) {
        Optional<InvertedResidual.Excite> excite = row.excites()
                ? Optional.of(new InvertedResidual.Excite(
                        Widths.scale(expanded / 4, 1), RE, Activation.Function.HARD_SIGMOID))
                : Optional.empty();
        return new InvertedResidual(row.kernel(), expanded, out, excite, form.layers(row.activation()));
    }

    @Override
    public Node features(String variant, Config config, Pyramid pyramid, GraphBuilder g) {
        Variant v = VARIANTS.get(variant);
        int hidden = end(config.tail(v.design().hidden()), v, config);
        Node x = g.in("classifier").linear("0", g.globalAveragePool(pyramid.last()), hidden, NORMAL);
        return g.dropout(g.activation(HS, x), config.dropout());
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("classifier.3", features, classes, NORMAL);
    }

    /** Channels of the stem or the hidden layer. */
    private static int end(int channels, Variant v, Config config) {
        double width = v.width() * config.width();
        return Widths.scale(channels, v.form().relative() ? Math.max(1, width) : width);
    }
}
