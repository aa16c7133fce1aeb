package io.vertebra.backbones;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * MobileNet V3 in the authors' minimalistic form: 3×3 filters, ReLU, and no squeeze and excitation.
 *
 * <p>Names and TensorFlow's padding as timm's; the pyramid ends at the last convolution, as timm's.
 *
 * @see <a href="https://arxiv.org/abs/1905.02244">Howard et al. 2019</a>, tables 1 and 2
 */
public final class MobileNetV3Minimal implements BackboneFamily<MobileNetV3Minimal.Config> {

    /** The expanded channels of each block, the channels that they give, the stride of the first. */
    private record Stage(List<Integer> expanded, int out, int stride) {}

    private record Variant(List<Stage> stages, int last, int hidden) {}

    // spotless:off
    private static final Variants<Variant> VARIANTS = Variants
        .of("tf_mobilenetv3_small_minimal_100", new Variant(List.of(
            new Stage(List.of(16),                  16, 2),
            new Stage(List.of(72, 88),              24, 2),
            new Stage(List.of(96, 240, 240),        40, 2),
            new Stage(List.of(120, 144),            48, 1),
            new Stage(List.of(288, 576, 576),       96, 2)), 576, 1024))
        .and("tf_mobilenetv3_large_minimal_100", new Variant(List.of(
            new Stage(List.of(16),                  16, 1),
            new Stage(List.of(64, 72),              24, 2),
            new Stage(List.of(72, 120, 120),        40, 2),
            new Stage(List.of(240, 200, 184, 184),  80, 2),
            new Stage(List.of(480, 672),           112, 1),
            new Stage(List.of(672, 960, 960),      160, 2)), 960, 1280));
    // spotless:on

    private static final int STEM = 16;
    private static final BatchNorm NORM = new BatchNorm(1e-3, 0.1, false, 1);

    /** He's deviation for nine taps of one channel: 2 / fan-out of each group, as timm's. */
    private static final Initializer DEPTHWISE = new Initializer.Normal(Math.sqrt(2.0 / 9));

    /**
     * Options.
     *
     * @param width a factor on all channels; those before the classifier only grow
     * @param outputStride 32, 16 or 8
     * @param norm what the norms do in training
     * @param activation in place of ReLU
     * @param dropPath rate of stochastic depth in the last block; earlier ones drop proportionally less
     * @param dropout share of the classifier's input that training zeroes
     * @param inChannels channels of the picture
     */
    public record Config(
            Double width,
            Integer outputStride,
            Norm norm,
            Activation.Function activation,
            Double dropPath,
            Double dropout,
            Integer inChannels)
            implements BackboneConfig {
        /** Fills in and checks. */
        public Config {
            width = BackboneConfig.checkedWidth(width);
            outputStride = BackboneConfig.checkedStride(outputStride, List.of(32, 16, 8), "");
            norm = Objects.requireNonNullElse(norm, Norm.AUTO);
            dropPath = BackboneConfig.checkedDropPath(dropPath);
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
        int blocks = v.stages().stream().mapToInt(s -> s.expanded().size()).sum();
        int block = 0;
        Node x = convNormRelu(input, Conv.of(3, scale(STEM, config)).stride(2), "conv_stem", "bn1", g);
        Dilation dilation = new Dilation(config.outputStride());
        List<Node> levels = new ArrayList<>();
        for (int stage = 0; stage < v.stages().size(); stage++) {
            Stage row = v.stages().get(stage);
            if (row.stride() == 2) { // the last map of its reduction
                levels.add(x);
            }
            Dilation.Steps steps = dilation.stage(x, row.stride());
            int out = scale(row.out(), config);
            for (int i = 0; i < row.expanded().size(); i++, block++) {
                GraphBuilder scope = g.in("blocks", stage, i);
                Node y = branch(x, scale(row.expanded().get(i), config), out, steps.block(i), scope);
                double rate = config.dropPath() * block / (blocks - 1);
                boolean shortcut = (i > 0 || row.stride() == 1) && x.channels() == out;
                x = shortcut ? scope.add(scope.dropPath(y, rate), x) : y;
            }
        }
        Conv last = Conv.of(1, scale(v.last(), config));
        levels.add(
                convNormRelu(x, last, "conv", "bn1", g.in("blocks", v.stages().size(), 0)));
        return new Pyramid(levels);
    }

    /** Figure 3 of the paper; without an expansion timm counts from the filter. */
    private static Node branch(Node x, int expanded, int out, Dilation.Steps s, GraphBuilder g) {
        boolean expands = expanded != x.channels();
        Node y = expands ? convNormRelu(x, Conv.of(1, expanded), "conv_pw", "bn1", g) : x;
        Conv filter = Conv.of(3, expanded)
                .groups(expanded)
                .stride(s.stride())
                .dilation(s.first())
                .initializer(DEPTHWISE);
        y = convNormRelu(y, filter, "conv_dw", expands ? "bn2" : "bn1", g);
        return convNorm(y, Conv.of(1, out), expands ? "conv_pwl" : "conv_pw", expands ? "bn3" : "bn2", g);
    }

    @Override
    public Node features(String variant, Config config, Pyramid pyramid, GraphBuilder g) {
        Conv head = Conv.of(1, Widths.scale(VARIANTS.get(variant).hidden(), Math.max(1, config.width())))
                .withBias();
        Node means = g.adaptiveAveragePool(pyramid.last(), Size.of(1));
        return g.dropout(g.flatten(g.relu(g.conv("conv_head", means, head))), config.dropout());
    }

    /** timm draws the weights within ±1/√classes. */
    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear(
                "classifier", features, classes, new Initializer.Uniform((double) features.channels() / classes));
    }

    private static Node convNormRelu(Node x, Conv conv, String name, String norm, GraphBuilder g) {
        return g.relu(convNorm(x, conv, name, norm, g));
    }

    private static Node convNorm(Node x, Conv conv, String name, String norm, GraphBuilder g) {
        return g.batchNorm(norm, g.conv(name, x, conv.padding(Padding.same())), NORM);
    }

    private static int scale(int channels, Config config) {
        return Widths.scale(channels, config.width());
    }
}
