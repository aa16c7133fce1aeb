package io.vertebra.backbones;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.Initializer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * EfficientNet, one network scaled in width and depth together, and EfficientNet V2, whose first stages filter all
 * channels at once.
 *
 * <p>Names as torchvision's, of timm's {@code tf_} forms too, which are the authors' own: TensorFlow's padding and ε, and
 * the small forms of V2. The pyramid ends at the last block as timm's, the convolution behind it belongs to the
 * classifier.
 *
 * @see <a href="https://arxiv.org/abs/1905.11946">Tan and Le 2019</a>, table 1
 * @see <a href="https://arxiv.org/abs/2104.00298">Tan and Le 2021</a>, table 4
 */
public final class EfficientNet implements BackboneFamily<EfficientNet.Config> {

    private enum Block {
        MB,
        FUSED
    }

    /** A row of the papers' tables: expansion, kernel, stride, channels, layers. */
    private record Stage(Block block, int expansion, int kernel, int stride, int out, int layers) {}

    /** Channels by a width: {@link Widths}. */
    private interface Rounding {
        int of(int channels, double width);
    }

    /** The last convolution's channels are four times its input's unless a number is given. */
    private record Design(int stem, Integer last, Rounding rounding, List<Stage> stages) {}

    private record Variant(Design design, double width, double depth, double dropout, ConvNorm layers) {

        int blocks(Stage row) {
            return (int) Math.ceil(row.layers() * depth);
        }
    }

    // spotless:off
    private static final Design B = new Design(32, null, Widths::scale, List.of(
        new Stage(Block.MB, 1, 3, 1,  16, 1),
        new Stage(Block.MB, 6, 3, 2,  24, 2),
        new Stage(Block.MB, 6, 5, 2,  40, 2),
        new Stage(Block.MB, 6, 3, 2,  80, 3),
        new Stage(Block.MB, 6, 5, 1, 112, 3),
        new Stage(Block.MB, 6, 5, 2, 192, 4),
        new Stage(Block.MB, 6, 3, 1, 320, 1)));

    /** The authors' base of the small forms of V2, whose widths they round to the nearest. */
    private static final Design B2 = new Design(32, 1280, Widths::nearest, List.of(
        new Stage(Block.FUSED, 1, 3, 1,  16, 1),
        new Stage(Block.FUSED, 4, 3, 2,  32, 2),
        new Stage(Block.FUSED, 4, 3, 2,  48, 2),
        new Stage(Block.MB,    4, 3, 2,  96, 3),
        new Stage(Block.MB,    6, 3, 1, 112, 5),
        new Stage(Block.MB,    6, 3, 2, 192, 8)));

    private static final Design S = new Design(24, 1280, Widths::scale, List.of(
        new Stage(Block.FUSED, 1, 3, 1,  24,  2),
        new Stage(Block.FUSED, 4, 3, 2,  48,  4),
        new Stage(Block.FUSED, 4, 3, 2,  64,  4),
        new Stage(Block.MB,    4, 3, 2, 128,  6),
        new Stage(Block.MB,    6, 3, 1, 160,  9),
        new Stage(Block.MB,    6, 3, 2, 256, 15)));

    private static final Design M = new Design(24, 1280, Widths::scale, List.of(
        new Stage(Block.FUSED, 1, 3, 1,  24,  3),
        new Stage(Block.FUSED, 4, 3, 2,  48,  5),
        new Stage(Block.FUSED, 4, 3, 2,  80,  5),
        new Stage(Block.MB,    4, 3, 2, 160,  7),
        new Stage(Block.MB,    6, 3, 1, 176, 14),
        new Stage(Block.MB,    6, 3, 2, 304, 18),
        new Stage(Block.MB,    6, 3, 1, 512,  5)));

    private static final Design L = new Design(32, 1280, Widths::scale, List.of(
        new Stage(Block.FUSED, 1, 3, 1,  32,  4),
        new Stage(Block.FUSED, 4, 3, 2,  64,  7),
        new Stage(Block.FUSED, 4, 3, 2,  96,  7),
        new Stage(Block.MB,    4, 3, 2, 192, 10),
        new Stage(Block.MB,    6, 3, 1, 224, 19),
        new Stage(Block.MB,    6, 3, 2, 384, 25),
        new Stage(Block.MB,    6, 3, 1, 640,  7)));

    /** torchvision's three kinds of norms, and the form in which timm has TensorFlow's weights. */
    private static final ConvNorm TORCH = layers(1e-5, 0.1, false);
    private static final ConvNorm MOMENTUM = layers(1e-3, 0.01, false);
    private static final ConvNorm EPSILON = layers(1e-3, 0.1, false);
    private static final ConvNorm TENSORFLOW = layers(1e-3, 0.1, true);

    private static final Variants<Variant> VARIANTS = Variants
        .of ("efficientnet_b0",      new Variant(B,  1.0, 1.0, 0.2, TORCH))
        .and("efficientnet_b1",      new Variant(B,  1.0, 1.1, 0.2, TORCH))
        .and("efficientnet_b2",      new Variant(B,  1.1, 1.2, 0.3, TORCH))
        .and("efficientnet_b3",      new Variant(B,  1.2, 1.4, 0.3, TORCH))
        .and("efficientnet_b4",      new Variant(B,  1.4, 1.8, 0.4, TORCH))
        .and("efficientnet_b5",      new Variant(B,  1.6, 2.2, 0.4, MOMENTUM))
        .and("efficientnet_b6",      new Variant(B,  1.8, 2.6, 0.5, MOMENTUM))
        .and("efficientnet_b7",      new Variant(B,  2.0, 3.1, 0.5, MOMENTUM))
        .and("efficientnet_v2_s",    new Variant(S,  1.0, 1.0, 0.2, EPSILON))
        .and("efficientnet_v2_m",    new Variant(M,  1.0, 1.0, 0.3, EPSILON))
        .and("efficientnet_v2_l",    new Variant(L,  1.0, 1.0, 0.4, EPSILON))
        .and("tf_efficientnet_b0",   new Variant(B,  1.0, 1.0, 0.2, TENSORFLOW))
        .and("tf_efficientnet_b1",   new Variant(B,  1.0, 1.1, 0.2, TENSORFLOW))
        .and("tf_efficientnet_b2",   new Variant(B,  1.1, 1.2, 0.3, TENSORFLOW))
        .and("tf_efficientnet_b3",   new Variant(B,  1.2, 1.4, 0.3, TENSORFLOW))
        .and("tf_efficientnet_b4",   new Variant(B,  1.4, 1.8, 0.4, TENSORFLOW))
        .and("tf_efficientnet_b5",   new Variant(B,  1.6, 2.2, 0.4, TENSORFLOW))
        .and("tf_efficientnet_b6",   new Variant(B,  1.8, 2.6, 0.5, TENSORFLOW))
        .and("tf_efficientnet_b7",   new Variant(B,  2.0, 3.1, 0.5, TENSORFLOW))
        .and("tf_efficientnetv2_b0", new Variant(B2, 1.0, 1.0, 0.2, TENSORFLOW))
        .and("tf_efficientnetv2_b1", new Variant(B2, 1.0, 1.1, 0.2, TENSORFLOW))
        .and("tf_efficientnetv2_b2", new Variant(B2, 1.1, 1.2, 0.3, TENSORFLOW))
        .and("tf_efficientnetv2_b3", new Variant(B2, 1.2, 1.4, 0.3, TENSORFLOW))
        .and("tf_efficientnetv2_s",  new Variant(S,  1.0, 1.0, 0.2, TENSORFLOW))
        .and("tf_efficientnetv2_m",  new Variant(M,  1.0, 1.0, 0.3, TENSORFLOW))
        .and("tf_efficientnetv2_l",  new Variant(L,  1.0, 1.0, 0.4, TENSORFLOW));
    // spotless:on

    private static ConvNorm layers(double epsilon, double momentum, boolean samePadding) {
        return new ConvNorm(new BatchNorm(epsilon, momentum, false, 1), Activation.Function.SILU, samePadding);
    }

    /**
     * Options.
     *
     * @param width a factor on the channels of the variant
     * @param outputStride 32, 16 or 8
     * @param norm what the norms do in training
     * @param activation in place of SiLU
     * @param dropPath rate of stochastic depth behind the last block; earlier ones drop proportionally less
     * @param dropout share of the classifier's input that training zeroes; {@code null}: the variant's own, 0.2 to 0.5
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
            dropPath = BackboneConfig.checkedRate("drop_path", dropPath, 0.2);
            dropout = dropout == null ? null : BackboneConfig.checkedRate("dropout", dropout, 0);
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
        Design design = v.design();
        List<Stage> stages = design.stages();
        double width = v.width() * config.width();
        int blocks = stages.stream().mapToInt(v::blocks).sum();
        int block = 0;
        Conv stem = Conv.of(3, design.rounding().of(design.stem(), width)).stride(2);
        Node x = v.layers().active(input, stem, g.in("features", 0));
        Dilation dilation = new Dilation(config.outputStride());
        List<Node> levels = new ArrayList<>();
        for (int stage = 0; stage < stages.size(); stage++) {
            Stage row = stages.get(stage);
            Dilation.Steps steps = dilation.stage(x, row.stride());
            int out = design.rounding().of(row.out(), width);
            for (int i = 0; i < v.blocks(row); i++, block++) {
                GraphBuilder scope = g.in("features", stage + 1, i);
                Node y = branch(x, row, out, v.layers(), steps.block(i), scope);
                boolean shortcut = (i > 0 || row.stride() == 1) && x.channels() == out;
                x = shortcut ? scope.add(scope.dropPath(y, config.dropPath() * block / blocks), x) : y;
            }
            if (stage + 1 == stages.size() || stages.get(stage + 1).stride() == 2) {
                levels.add(x); // the last map of its reduction
            }
        }
        return new Pyramid(levels);
    }

    private static Node branch(Node x, Stage row, int out, ConvNorm layers, Dilation.Steps s, GraphBuilder g) {
        int expanded = Widths.scale(x.channels(), row.expansion());
        return switch (row.block()) {
            case MB -> {
                InvertedResidual.Excite excite = new InvertedResidual.Excite(
                        Math.max(1, x.channels() / 4), layers.activation(), Activation.Function.SIGMOID);
                InvertedResidual block = new InvertedResidual(row.kernel(), expanded, out, Optional.of(excite), layers);
                yield block.project(x, block.expand(x, g), s.stride(), s.first(), g);
            }
            case FUSED -> {
                boolean expands = row.expansion() > 1;
                Conv conv =
                        Conv.of(row.kernel(), expands ? expanded : out).stride(s.stride()); // too fine to be dilated
                Node y = layers.active(x, conv, g.in("block", 0));
                yield expands ? layers.linear(y, Conv.of(1, out), g.in("block", 1)) : y;
            }
        };
    }

    @Override
    public Node features(String variant, Config config, Pyramid pyramid, GraphBuilder g) {
        Variant v = VARIANTS.get(variant);
        Design design = v.design();
        double width = Math.max(1, v.width() * config.width());
        int out = design.last() == null
                ? 4 * pyramid.last().channels()
                : design.rounding().of(design.last(), width);
        GraphBuilder scope = g.in("features", design.stages().size() + 1);
        Node x = v.layers().active(pyramid.last(), Conv.of(1, out), scope);
        return g.dropout(g.globalAveragePool(x), config.dropout() == null ? v.dropout() : config.dropout());
    }

    /** torchvision draws the weights within ±1/√classes. */
    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear(
                "classifier.1", features, classes, new Initializer.Uniform((double) features.channels() / classes));
    }
}
