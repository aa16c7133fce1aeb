package io.vertebra.backbones;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.MaxPool;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * SE-ResNet, SE-ResNeXt and SENet-154 as their authors published them: a stem that pools without padding, rounded up, and
 * SE-ResNet's stride on the first 1×1 convolution.
 *
 * <p>Names as timm's. A stride that is traded for dilation and stood before the block's 3×3 convolution lets that
 * convolution see the finer map at once: it is dilated like those behind it.
 *
 * @see <a href="https://arxiv.org/abs/1709.01507">Hu et al. 2017</a>, table 1, and the appendix on SENet-154
 * @see ResNet
 */
public final class LegacySeResNet implements BackboneFamily<LegacySeResNet.Config> {

    private enum Unit {
        BASIC,
        BOTTLENECK,
        NEXT_BOTTLENECK,
        SENET_BOTTLENECK
    }

    private record Variant(Unit unit, List<Integer> depths, int groups) {
        boolean isSeNet() {
            return unit == Unit.SENET_BOTTLENECK;
        }
    }

    // spotless:off
    private static final Variants<Variant> VARIANTS = Variants
        .of ("legacy_seresnet18",         new Variant(Unit.BASIC,            List.of(2, 2,  2, 2),  1))
        .and("legacy_seresnet34",         new Variant(Unit.BASIC,            List.of(3, 4,  6, 3),  1))
        .and("legacy_seresnet50",         new Variant(Unit.BOTTLENECK,       List.of(3, 4,  6, 3),  1))
        .and("legacy_seresnet101",        new Variant(Unit.BOTTLENECK,       List.of(3, 4, 23, 3),  1))
        .and("legacy_seresnet152",        new Variant(Unit.BOTTLENECK,       List.of(3, 8, 36, 3),  1))
        .and("legacy_seresnext26_32x4d",  new Variant(Unit.NEXT_BOTTLENECK,  List.of(2, 2,  2, 2), 32))
        .and("legacy_seresnext50_32x4d",  new Variant(Unit.NEXT_BOTTLENECK,  List.of(3, 4,  6, 3), 32))
        .and("legacy_seresnext101_32x4d", new Variant(Unit.NEXT_BOTTLENECK,  List.of(3, 4, 23, 3), 32))
        .and("legacy_senet154",           new Variant(Unit.SENET_BOTTLENECK, List.of(3, 8, 36, 3), 64));
    // spotless:on

    private static final int REDUCTION = 16;
    private static final double SENET_DROPOUT = 0.2;

    /**
     * Options.
     *
     * @param outputStride 32, 16 or 8
     * @param norm what the norms do in training
     * @param activation in place of ReLU
     * @param dropPath rate of stochastic depth in the last block; earlier ones drop proportionally less
     * @param dropout share of the classifier's input that training zeroes; {@code null}: SENet-154 0.2, the others 0
     * @param inChannels channels of the picture
     */
    public record Config(
            Integer outputStride,
            Norm norm,
            Activation.Function activation,
            Double dropPath,
            Double dropout,
            Integer inChannels)
            implements BackboneConfig {
        /** Fills in and checks. */
        public Config {
            outputStride = BackboneConfig.checkedStride(outputStride, List.of(32, 16, 8), "");
            norm = Objects.requireNonNullElse(norm, Norm.AUTO);
            dropPath = BackboneConfig.checkedDropPath(dropPath);
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
        Node x = v.isSeNet()
                ? deepStem(input, g.in("layer0"))
                : layer(1, input, Conv.of(7, 64).stride(2), g.in("layer0"));
        List<Node> levels = new ArrayList<>(List.of(x));
        x = g.in("layer0").maxPool(x, new MaxPool(Size.of(3), Size.of(2), Padding.none(), true));

        Dilation dilation = new Dilation(config.outputStride());
        double dropPath = config.dropPath()
                / (v.depths().stream().mapToInt(Integer::intValue).sum() - 1);
        int blocks = 0;
        for (int stage = 0; stage < v.depths().size(); stage++) {
            Dilation.Steps steps = dilation.stage(x, stage == 0 ? 1 : 2);
            int kernel = v.isSeNet() && stage > 0 ? 3 : 1;
            for (int i = 0; i < v.depths().get(stage); i++) {
                GraphBuilder block = g.in("layer" + (stage + 1), i);
                Node y = excited(branch(v, x, 64 << stage, steps.block(i), block), block.in("se_module"));
                Node shortcut = i == 0 ? shortcut(x, y, kernel, steps, block.in("downsample")) : x;
                x = block.relu(block.add(block.dropPath(y, dropPath * blocks++), shortcut));
            }
            levels.add(x);
        }
        return new Pyramid(levels);
    }

    @Override
    public Node features(String variant, Config config, Pyramid pyramid, GraphBuilder g) {
        double published = VARIANTS.get(variant).isSeNet() ? SENET_DROPOUT : 0;
        return g.dropout(g.globalAveragePool(pyramid.last()), Objects.requireNonNullElse(config.dropout(), published));
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("last_linear", features, classes);
    }

    private static Node deepStem(Node x, GraphBuilder g) {
        Node y = layer(1, x, Conv.of(3, 64).stride(2), g);
        return layer(3, layer(2, y, Conv.of(3, 64), g), Conv.of(3, 128), g);
    }

    /** The residual branch before it is excited; timm's basic block has a ReLU behind its last norm. */
    private static Node branch(Variant v, Node x, int planes, Dilation.Steps s, GraphBuilder g) {
        Conv spatial = Conv.of(3, planes).groups(v.groups());
        return switch (v.unit()) {
            case BASIC -> {
                Node y = layer(1, x, spatial.stride(s.stride()).dilation(s.first()), g);
                yield layer(2, y, spatial.dilation(s.rest()), g);
            }
            case BOTTLENECK -> {
                Node y = layer(1, x, Conv.of(1, planes).stride(s.stride()), g);
                yield last(layer(2, y, spatial.dilation(s.rest()), g), planes, g);
            }
            case NEXT_BOTTLENECK -> bottleneck(v, x, planes, 2 * planes, s, g);
            case SENET_BOTTLENECK -> bottleneck(v, x, planes, 4 * planes, s, g);
        };
    }

    /** The stride on the 3×3 convolution, and as many channels before it as a ResNeXt has in it. */
    private static Node bottleneck(Variant v, Node x, int planes, int width, Dilation.Steps s, GraphBuilder g) {
        Conv spatial = Conv.of(3, width).groups(v.groups()).stride(s.stride()).dilation(s.first());
        return last(layer(2, layer(1, x, Conv.of(1, 2 * planes), g), spatial, g), planes, g);
    }

    private static Node last(Node x, int planes, GraphBuilder g) {
        return g.batchNorm("bn3", g.conv("conv3", x, Conv.of(1, 4 * planes)));
    }

    private static Node layer(int number, Node x, Conv conv, GraphBuilder g) {
        return g.relu(g.batchNorm("bn" + number, g.conv("conv" + number, x, conv)));
    }

    private static Node excited(Node x, GraphBuilder g) {
        return SqueezeExcitation.of(
                x, x.channels() / REDUCTION, Activation.Function.RELU, Activation.Function.SIGMOID, g);
    }

    private static Node shortcut(Node x, Node y, int kernel, Dilation.Steps s, GraphBuilder g) {
        if (s.stride() == 1 && x.channels() == y.channels()) {
            return x;
        }
        Conv projection = Conv.of(kernel, y.channels()).stride(s.stride()).dilation(kernel == 1 ? 1 : s.first());
        return g.batchNorm("1", g.conv("0", x, projection));
    }
}
