package io.vertebra.backbones;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Initializer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * MobileNet V2: inverted residuals with linear bottlenecks.
 *
 * <p>Names as torchvision's; the pyramid ends at the last block as timm's, unless an option asks for the convolution
 * behind it.
 *
 * @see <a href="https://arxiv.org/abs/1801.04381">Sandler et al. 2018</a>, table 2
 */
public final class MobileNetV2 implements BackboneFamily<MobileNetV2.Config> {

    /** Width multiplier; how many times deeper the stages between the first and the last one are. */
    private record Variant(double width, double depth) {

        /** Of the stem and the last convolution: deeper networks keep the paper's. */
        double endWidth() {
            return depth == 1 ? width : 1;
        }

        int blocks(int stage) {
            int n = STAGES.get(stage).n();
            return stage == 0 || stage + 1 == STAGES.size() ? n : (int) Math.ceil(n * depth);
        }

        int blocks() {
            return IntStream.range(0, STAGES.size()).map(this::blocks).sum();
        }
    }

    // spotless:off
    private static final Variants<Variant> VARIANTS = Variants
        .of ("mobilenet_v2",     new Variant(1.0,  1.0))
        .and("mobilenetv2_035",  new Variant(0.35, 1.0))
        .and("mobilenetv2_050",  new Variant(0.5,  1.0))
        .and("mobilenetv2_075",  new Variant(0.75, 1.0))
        .and("mobilenetv2_140",  new Variant(1.4,  1.0))
        .and("mobilenetv2_110d", new Variant(1.1,  1.2))
        .and("mobilenetv2_120d", new Variant(1.2,  1.4));
    // spotless:on

    /** A row of table 2: expansion t, channels c, repetitions n, stride s. */
    private record Stage(int t, int c, int n, int s) {}

    // spotless:off
    private static final List<Stage> STAGES = List.of(
        new Stage(1,  16, 1, 1),
        new Stage(6,  24, 2, 2),
        new Stage(6,  32, 3, 2),
        new Stage(6,  64, 4, 2),
        new Stage(6,  96, 3, 1),
        new Stage(6, 160, 3, 2),
        new Stage(6, 320, 1, 1));
    // spotless:on

    private static final int STEM = 32;
    private static final int HEAD = 1280;

    /**
     * Options.
     *
     * @param width a factor on all channels; those before the classifier only grow
     * @param outputStride 32, 16 or 8
     * @param norm what the norms do in training
     * @param activation in place of ReLU6
     * @param dropPath rate of stochastic depth in the last block; earlier ones drop proportionally less
     * @param lastConvolution the last level is behind the convolution to 1280 channels, as smp's encoder has it; else that
     *     convolution belongs to the classifier
     * @param inChannels channels of the picture
     */
    public record Config(
            Double width,
            Integer outputStride,
            Norm norm,
            Activation.Function activation,
            Double dropPath,
            Boolean lastConvolution,
            Integer inChannels)
            implements BackboneConfig {
        /** Fills in and checks. */
        public Config {
            width = BackboneConfig.checkedWidth(width);
            outputStride = BackboneConfig.checkedStride(outputStride, List.of(32, 16, 8), "");
            norm = Objects.requireNonNullElse(norm, Norm.AUTO);
            dropPath = BackboneConfig.checkedDropPath(dropPath);
            lastConvolution = Objects.requireNonNullElse(lastConvolution, false);
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
        double width = v.width() * config.width();
        double dropPath = config.dropPath() / (v.blocks() - 1);
        Dilation dilation = new Dilation(config.outputStride());
        Conv stem =
                Conv.of(3, Widths.scale(STEM, v.endWidth() * config.width())).stride(2);
        Node x = convNormRelu(input, stem, g.in("features", 0));
        List<Node> levels = new ArrayList<>();
        int block = 1;
        for (int stage = 0; stage < STAGES.size(); stage++) {
            Stage row = STAGES.get(stage);
            Dilation.Steps steps = dilation.stage(x, row.s());
            for (int i = 0; i < v.blocks(stage); i++, block++) {
                double rate = dropPath * (block - 1);
                x = block(x, row.t(), Widths.scale(row.c(), width), steps.block(i), rate, g.in("features", block));
            }
            if (stage + 1 == STAGES.size() || STAGES.get(stage + 1).s() == 2) { // the last map of its reduction
                levels.add(x);
            }
        }
        if (config.lastConvolution()) {
            levels.set(levels.size() - 1, last(x, v, config, g));
        }
        return new Pyramid(levels);
    }

    @Override
    public Node features(String variant, Config config, Pyramid pyramid, GraphBuilder g) {
        Node x = pyramid.last();
        return g.globalAveragePool(config.lastConvolution() ? x : last(x, VARIANTS.get(variant), config, g));
    }

    private static Node last(Node x, Variant v, Config config, GraphBuilder g) {
        double width = Math.max(1, v.endWidth() * config.width());
        return convNormRelu(x, Conv.of(1, Widths.scale(HEAD, width)), g.in("features", v.blocks() + 1));
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("classifier.1", features, classes, new Initializer.Normal(0.01));
    }

    private static Node convNormRelu(Node x, Conv conv, GraphBuilder g) {
        return g.relu6(g.batchNorm("1", g.conv("0", x, conv)));
    }

    /** Expand, filter, project; figure 4(d), table 1. */
    private static Node block(Node x, int t, int out, Dilation.Steps s, double dropPath, GraphBuilder g) {
        GraphBuilder conv = g.in("conv");
        int layer = 0;
        Node y = x;
        if (t > 1) {
            y = convNormRelu(y, Conv.of(1, t * x.channels()), conv.in(layer++));
        }
        Conv depthwise =
                Conv.of(3, y.channels()).groups(y.channels()).stride(s.stride()).dilation(s.first());
        y = convNormRelu(y, depthwise, conv.in(layer++));
        y = conv.conv("" + layer, y, Conv.of(1, out));
        y = conv.batchNorm("" + (layer + 1), y);
        return s.stride() == 1 && x.channels() == out ? g.add(g.dropPath(y, dropPath), x) : y;
    }
}
