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
 * MobileNet V1 with ReLU6, as the authors' code and timm have it (the paper says ReLU).
 *
 * <p>Names as timm's.
 *
 * @see <a href="https://arxiv.org/abs/1704.04861">Howard et al. 2017</a>, table 1
 */
public final class MobileNetV1 implements BackboneFamily<MobileNetV1.Config> {

    /** Width multiplier; whether a convolution stands before the mean. */
    private record Variant(double width, boolean head) {}

    // spotless:off
    private static final Variants<Variant> VARIANTS = Variants
        .of ("mobilenetv1_100",  new Variant(1.00, false))
        .and("mobilenetv1_125",  new Variant(1.25, false))
        .and("mobilenetv1_075",  new Variant(0.75, false))
        .and("mobilenetv1_050",  new Variant(0.50, false))
        .and("mobilenetv1_025",  new Variant(0.25, false))
        .and("mobilenetv1_100h", new Variant(1.00, true));

    private record Stage(int out, int blocks, int stride) {}

    private static final List<Stage> STAGES = List.of(
        new Stage(  64, 1, 1),
        new Stage( 128, 2, 2),
        new Stage( 256, 2, 2),
        new Stage( 512, 6, 2),
        new Stage(1024, 2, 2));
    // spotless:on

    private static final int HEAD = 1024;

    /** He's deviation for nine taps of one channel: 2 / fan-out of each group, as timm's. */
    private static final Initializer DEPTHWISE = new Initializer.Normal(Math.sqrt(2.0 / 9));

    /**
     * Options.
     *
     * @param width a factor on the channels of the variant
     * @param outputStride 32, 16 or 8
     * @param norm what the norms do in training
     * @param activation in place of ReLU6
     * @param inChannels channels of the picture
     */
    public record Config(
            Double width, Integer outputStride, Norm norm, Activation.Function activation, Integer inChannels)
            implements BackboneConfig {
        /** Fills in and checks. */
        public Config {
            width = BackboneConfig.checkedWidth(width);
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
        double width = VARIANTS.get(variant).width() * config.width();
        Node x = g.conv("conv_stem", input, Conv.of(3, Widths.scale(32, width)).stride(2));
        x = g.relu6(g.batchNorm("bn1", x));
        Dilation dilation = new Dilation(config.outputStride());
        List<Node> levels = new ArrayList<>();
        for (int stage = 0; stage < STAGES.size(); stage++) {
            Stage s = STAGES.get(stage);
            Dilation.Steps steps = dilation.stage(x, s.stride());
            for (int i = 0; i < s.blocks(); i++) {
                x = block(x, Widths.scale(s.out(), width), steps.block(i), g.in("blocks", stage, i));
            }
            levels.add(x);
        }
        return new Pyramid(levels);
    }

    /** As timm's, the channels before the classifier only grow. */
    @Override
    public Node features(String variant, Config config, Pyramid pyramid, GraphBuilder g) {
        Variant v = VARIANTS.get(variant);
        Node x = pyramid.last();
        if (v.head()) {
            Conv head = Conv.of(1, Widths.scale(HEAD, Math.max(1, v.width() * config.width())));
            x = g.relu6(g.batchNorm("bn2", g.conv("conv_head", x, head)));
        }
        return g.globalAveragePool(x);
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("classifier", features, classes);
    }

    /** A depthwise separable convolution; figure 3, right. */
    private static Node block(Node x, int out, Dilation.Steps s, GraphBuilder g) {
        Conv depthwise = Conv.of(3, x.channels())
                .groups(x.channels())
                .stride(s.stride())
                .dilation(s.first())
                .initializer(DEPTHWISE);
        Node y = g.relu6(g.batchNorm("bn1", g.conv("conv_dw", x, depthwise)));
        return g.relu6(g.batchNorm("bn2", g.conv("conv_pw", y, Conv.of(1, out))));
    }
}
