package io.vertebra.backbones;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.Padding;
import java.util.ArrayList;
import java.util.List;

/**
 * ConvNeXt: 7×7 depthwise convolutions, layer norms and GELU in blocks like a transformer's.
 *
 * <p>Names as timm's. The two layers of a block's MLP are 1×1 convolutions, as timm's are up to {@code nano} and in
 * {@code tiny_hnf}; in the larger variants timm has linear layers there, with the same weights.
 *
 * @see <a href="https://arxiv.org/abs/2201.03545">Liu et al. 2022</a>, figure 4 and table 9; the four smallest, {@code
 *     _ols} and {@code _hnf} are timm's
 */
public final class ConvNeXt implements BackboneFamily<ConvNeXt.Config> {

    /** Patches of 4×4; timm also has two overlapping convolutions there, the first at full or half the width. */
    private enum Stem {
        PATCH,
        OVERLAPPING,
        TIERED
    }

    /** Whether the last map is normalised, not its mean. */
    private record Variant(List<Integer> depths, List<Integer> widths, Stem stem, boolean normFirst) {}

    // spotless:off
    private static final Variants<Variant> VARIANTS = Variants
        .of ("convnext_atto",      new Variant(List.of(2, 2,  6, 2), List.of( 40,  80,  160,  320), Stem.PATCH,       false))
        .and("convnext_femto",     new Variant(List.of(2, 2,  6, 2), List.of( 48,  96,  192,  384), Stem.PATCH,       false))
        .and("convnext_pico",      new Variant(List.of(2, 2,  6, 2), List.of( 64, 128,  256,  512), Stem.PATCH,       false))
        .and("convnext_nano",      new Variant(List.of(2, 2,  8, 2), List.of( 80, 160,  320,  640), Stem.PATCH,       false))
        .and("convnext_tiny",      new Variant(List.of(3, 3,  9, 3), List.of( 96, 192,  384,  768), Stem.PATCH,       false))
        .and("convnext_small",     new Variant(List.of(3, 3, 27, 3), List.of( 96, 192,  384,  768), Stem.PATCH,       false))
        .and("convnext_base",      new Variant(List.of(3, 3, 27, 3), List.of(128, 256,  512, 1024), Stem.PATCH,       false))
        .and("convnext_large",     new Variant(List.of(3, 3, 27, 3), List.of(192, 384,  768, 1536), Stem.PATCH,       false))
        .and("convnext_xlarge",    new Variant(List.of(3, 3, 27, 3), List.of(256, 512, 1024, 2048), Stem.PATCH,       false))
        .and("convnext_atto_ols",  new Variant(List.of(2, 2,  6, 2), List.of( 40,  80,  160,  320), Stem.TIERED,      false))
        .and("convnext_femto_ols", new Variant(List.of(2, 2,  6, 2), List.of( 48,  96,  192,  384), Stem.TIERED,      false))
        .and("convnext_pico_ols",  new Variant(List.of(2, 2,  6, 2), List.of( 64, 128,  256,  512), Stem.TIERED,      false))
        .and("convnext_nano_ols",  new Variant(List.of(2, 2,  8, 2), List.of( 80, 160,  320,  640), Stem.OVERLAPPING, false))
        .and("convnext_tiny_hnf",  new Variant(List.of(3, 3,  9, 3), List.of( 96, 192,  384,  768), Stem.PATCH,       true));
    // spotless:on

    private static final double EPSILON = 1e-6;

    /** The authors cut the normal off at ±2, a hundred deviations away. */
    private static final Initializer NORMAL = new Initializer.Normal(0.02);

    private static final int EXPANSION = 4;

    /**
     * Options.
     *
     * @param outputStride 32, 16 or 8
     * @param activation in place of GELU
     * @param dropPath rate of stochastic depth in the last block; earlier ones drop proportionally less; the authors
     *     train with 0.1 (tiny), 0.4 (small) and 0.5 (base, large)
     * @param layerScale what each channel of a branch is scaled by before training
     * @param inChannels channels of the picture
     */
    public record Config(
            Integer outputStride,
            Activation.Function activation,
            Double dropPath,
            Double layerScale,
            Integer inChannels)
            implements BackboneConfig {
        /** Fills in and checks. */
        public Config {
            outputStride = BackboneConfig.checkedStride(outputStride, List.of(32, 16, 8), "");
            dropPath = BackboneConfig.checkedDropPath(dropPath);
            layerScale = layerScale == null ? 1e-6 : layerScale;
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
        double dropPath = config.dropPath()
                / (v.depths().stream().mapToInt(Integer::intValue).sum() - 1);
        int blocks = 0;
        Node x = stem(input, v.stem(), v.widths().get(0), g.in("stem"));
        List<Node> levels = new ArrayList<>();
        for (int stage = 0; stage < v.depths().size(); stage++) {
            Dilation.Steps steps = dilation.stage(x, stage == 0 ? 1 : 2);
            if (stage > 0) {
                x = downsample(x, v.widths().get(stage), steps, g.in("stages", stage, "downsample"));
            }
            for (int i = 0; i < v.depths().get(stage); i++) {
                x = block(x, config, steps.rest(), dropPath * blocks++, g.in("stages", stage, "blocks", i));
            }
            levels.add(x);
        }
        return new Pyramid(levels);
    }

    /** Each level is normalised by itself, as in the authors' code for segmentation and detection and with its names. */
    @Override
    public Pyramid dense(String variant, Config config, Pyramid pyramid, GraphBuilder g) {
        List<Node> normalised = new ArrayList<>();
        for (Node level : pyramid.levels()) {
            normalised.add(g.layerNorm("norm" + normalised.size(), level, EPSILON));
        }
        return new Pyramid(normalised);
    }

    /** The mean is normalised, or the map before it. */
    @Override
    public Node features(String variant, Config config, Pyramid pyramid, GraphBuilder g) {
        if (VARIANTS.get(variant).normFirst()) {
            return g.globalAveragePool(g.layerNorm("norm_pre", pyramid.last(), EPSILON));
        }
        return g.layerNorm("head.norm", g.globalAveragePool(pyramid.last()), EPSILON);
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("head.fc", features, classes, NORMAL);
    }

    private static Node stem(Node x, Stem stem, int width, GraphBuilder g) {
        if (stem == Stem.PATCH) {
            Conv patches = biased(4, width).stride(4).padding(Padding.none());
            return g.layerNorm("1", g.conv("0", x, patches), EPSILON);
        }
        int middle = stem == Stem.TIERED ? Widths.scale(width, 0.5) : width;
        Node y = g.conv("0", x, biased(3, middle).stride(2));
        return g.layerNorm("2", g.conv("1", y, biased(3, width).stride(2)), EPSILON);
    }

    /** Between stages, section 2.6; where dilation took the stride, timm keeps the 2×2 taps and pads as TensorFlow. */
    private static Node downsample(Node x, int out, Dilation.Steps s, GraphBuilder g) {
        Conv conv = biased(2, out).stride(s.stride()).dilation(s.first());
        conv = conv.padding(s.stride() == 1 ? Padding.same() : Padding.none());
        return g.conv("1", g.layerNorm("0", x, EPSILON), conv);
    }

    private static Node block(Node x, Config config, int dilation, double dropPath, GraphBuilder g) {
        int channels = x.channels();
        Conv depthwise = biased(7, channels).groups(channels).dilation(dilation);
        Node y = g.layerNorm("norm", g.conv("conv_dw", x, depthwise), EPSILON);
        y = g.activation(Activation.Function.GELU, g.conv("mlp.fc1", y, biased(1, EXPANSION * channels)));
        y = g.layerScale(g.conv("mlp.fc2", y, biased(1, channels)), config.layerScale());
        return g.add(g.dropPath(y, dropPath), x);
    }

    private static Conv biased(int kernel, int out) {
        return Conv.of(kernel, out).withBias().initializer(NORMAL);
    }
}
