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
 * <p>Names as torchvision's; the pyramid ends at the last block as timm's, the convolution behind it belongs to the
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

    /** The last convolution's channels are four times its input's unless a number is given. */
    private record Variant(
            List<Stage> stages, double width, double depth, Integer last, double dropout, BatchNorm norm) {}

    // spotless:off
    private static final List<Stage> B = List.of(
        new Stage(Block.MB, 1, 3, 1,  16, 1),
        new Stage(Block.MB, 6, 3, 2,  24, 2),
        new Stage(Block.MB, 6, 5, 2,  40, 2),
        new Stage(Block.MB, 6, 3, 2,  80, 3),
        new Stage(Block.MB, 6, 5, 1, 112, 3),
        new Stage(Block.MB, 6, 5, 2, 192, 4),
        new Stage(Block.MB, 6, 3, 1, 320, 1));

    private static final List<Stage> S = List.of(
        new Stage(Block.FUSED, 1, 3, 1,  24,  2),
        new Stage(Block.FUSED, 4, 3, 2,  48,  4),
        new Stage(Block.FUSED, 4, 3, 2,  64,  4),
        new Stage(Block.MB,    4, 3, 2, 128,  6),
        new Stage(Block.MB,    6, 3, 1, 160,  9),
        new Stage(Block.MB,    6, 3, 2, 256, 15));

    private static final List<Stage> M = List.of(
        new Stage(Block.FUSED, 1, 3, 1,  24,  3),
        new Stage(Block.FUSED, 4, 3, 2,  48,  5),
        new Stage(Block.FUSED, 4, 3, 2,  80,  5),
        new Stage(Block.MB,    4, 3, 2, 160,  7),
        new Stage(Block.MB,    6, 3, 1, 176, 14),
        new Stage(Block.MB,    6, 3, 2, 304, 18),
        new Stage(Block.MB,    6, 3, 1, 512,  5));

    private static final List<Stage> L = List.of(
        new Stage(Block.FUSED, 1, 3, 1,  32,  4),
        new Stage(Block.FUSED, 4, 3, 2,  64,  7),
        new Stage(Block.FUSED, 4, 3, 2,  96,  7),
        new Stage(Block.MB,    4, 3, 2, 192, 10),
        new Stage(Block.MB,    6, 3, 1, 224, 19),
        new Stage(Block.MB,    6, 3, 2, 384, 25),
        new Stage(Block.MB,    6, 3, 1, 640,  7));

    /** torchvision's norms: its own, TensorFlow's, TensorFlow's ε alone. */
    private static final BatchNorm TORCH = new BatchNorm(1e-5, 0.1, false, 1);
    private static final BatchNorm TENSORFLOW = new BatchNorm(1e-3, 0.01, false, 1);
    private static final BatchNorm EPSILON = new BatchNorm(1e-3, 0.1, false, 1);

    private static final Variants<Variant> VARIANTS = Variants
        .of ("efficientnet_b0",   new Variant(B, 1.0, 1.0, null, 0.2, TORCH))
        .and("efficientnet_b1",   new Variant(B, 1.0, 1.1, null, 0.2, TORCH))
        .and("efficientnet_b2",   new Variant(B, 1.1, 1.2, null, 0.3, TORCH))
        .and("efficientnet_b3",   new Variant(B, 1.2, 1.4, null, 0.3, TORCH))
        .and("efficientnet_b4",   new Variant(B, 1.4, 1.8, null, 0.4, TORCH))
        .and("efficientnet_b5",   new Variant(B, 1.6, 2.2, null, 0.4, TENSORFLOW))
        .and("efficientnet_b6",   new Variant(B, 1.8, 2.6, null, 0.5, TENSORFLOW))
        .and("efficientnet_b7",   new Variant(B, 2.0, 3.1, null, 0.5, TENSORFLOW))
        .and("efficientnet_v2_s", new Variant(S, 1.0, 1.0, 1280, 0.2, EPSILON))
        .and("efficientnet_v2_m", new Variant(M, 1.0, 1.0, 1280, 0.3, EPSILON))
        .and("efficientnet_v2_l", new Variant(L, 1.0, 1.0, 1280, 0.4, EPSILON));
    // spotless:on

    /** The paper's stem has 32 channels, V2's as many as its first stage. */
    private static final int STEM = 32;

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
        double width = v.width() * config.width();
        ConvNorm layers = layers(v);
        int blocks = v.stages().stream().mapToInt(s -> layers(s, v)).sum();
        int block = 0;
        int stem = v.last() == null ? STEM : v.stages().get(0).out();
        Node x = layers.active(input, Conv.of(3, Widths.scale(stem, width)).stride(2), g.in("features", 0));
        Dilation dilation = new Dilation(config.outputStride());
        List<Node> levels = new ArrayList<>();
        for (int stage = 0; stage < v.stages().size(); stage++) {
            Stage row = v.stages().get(stage);
            Dilation.Steps steps = dilation.stage(x, row.stride());
            int out = Widths.scale(row.out(), width);
            for (int i = 0; i < layers(row, v); i++, block++) {
                GraphBuilder scope = g.in("features", stage + 1, i);
                Node y = branch(x, row, out, layers, steps.block(i), scope);
                boolean shortcut = (i > 0 || row.stride() == 1) && x.channels() == out;
                x = shortcut ? scope.add(scope.dropPath(y, config.dropPath() * block / blocks), x) : y;
            }
            if (stage + 1 == v.stages().size() || v.stages().get(stage + 1).stride() == 2) {
                levels.add(x); // the last map of its reduction
            }
        }
        return new Pyramid(levels);
    }

    private static ConvNorm layers(Variant v) {
        return new ConvNorm(v.norm(), Activation.Function.SILU);
    }

    private static int layers(Stage row, Variant v) {
        return (int) Math.ceil(row.layers() * v.depth());
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
                Conv conv = Conv.of(row.kernel(), expanded).stride(s.stride()); // too fine to be dilated
                Node y = layers.active(x, conv, g.in("block", 0));
                yield row.expansion() == 1 ? y : layers.linear(y, Conv.of(1, out), g.in("block", 1));
            }
        };
    }

    @Override
    public Node features(String variant, Config config, Pyramid pyramid, GraphBuilder g) {
        Variant v = VARIANTS.get(variant);
        int out =
                v.last() == null ? 4 * pyramid.last().channels() : Widths.scale(v.last(), Math.max(1, config.width()));
        Node x = layers(v)
                .active(
                        pyramid.last(),
                        Conv.of(1, out),
                        g.in("features", v.stages().size() + 1));
        return g.dropout(g.globalAveragePool(x), config.dropout() == null ? v.dropout() : config.dropout());
    }

    /** torchvision draws the weights within ±1/√classes. */
    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear(
                "classifier.1", features, classes, new Initializer.Uniform((double) features.channels() / classes));
    }
}
