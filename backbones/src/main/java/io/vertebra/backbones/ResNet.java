package io.vertebra.backbones;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * ResNet, ResNeXt and Wide ResNet with the stride on the 3×3 convolution ("v1.5"), the bag of tricks' ResNet-C and -D,
 * SE-ResNet and SE-ResNeXt, and SK-ResNet; skresnext50_32x4d is the SKNet-50 of its paper.
 *
 * <p>Names and dilation as torchvision's, those of C, D, SE and SK as timm's.
 *
 * @see <a href="https://arxiv.org/abs/1512.03385">He et al. 2015</a>, table 1
 * @see <a href="https://arxiv.org/abs/1611.05431">Xie et al. 2016</a>, <a href="https://arxiv.org/abs/1605.07146">Zagoruyko et al. 2016</a>
 * @see <a href="https://arxiv.org/abs/1812.01187">He et al. 2018</a>, figure 2
 * @see <a href="https://arxiv.org/abs/1709.01507">Hu et al. 2017</a>, table 1
 * @see <a href="https://arxiv.org/abs/1903.06586">Li et al. 2019</a>, table 1
 */
public final class ResNet implements BackboneFamily<ResNet.Config> {

    private enum Unit {
        BASIC,
        BOTTLENECK,
        SE_BOTTLENECK,
        SK_BASIC,
        SK_BOTTLENECK
    }

    /** Figure 2 of the bag of tricks: C has three 3×3 convolutions as its stem, D also shrinks its shortcuts by averaging. */
    private enum Form {
        PLAIN,
        C,
        D
    }

    /** {@code kernel} stands in the place of the block's 3×3 convolution with a stride; {@code null}: a convolution stands there. */
    private record Variant(
            Unit unit, List<Integer> depths, int groups, int baseWidth, Form form, SelectiveKernel kernel) {
        Variant(Unit unit, List<Integer> depths, int groups, int baseWidth, Form form) {
            this(unit, depths, groups, baseWidth, form, null);
        }
    }

    private static final SelectiveKernel SK_OF_BASIC = new SelectiveKernel(true, 1 / 8.0, 16);
    private static final SelectiveKernel SK_OF_HALVES = new SelectiveKernel(true, 1 / 16.0, 8);
    private static final SelectiveKernel SK = new SelectiveKernel(false, 1 / 16.0, 32);

    // spotless:off
    private static final Variants<Variant> VARIANTS = Variants
        .of ("resnet18",            new Variant(Unit.BASIC,         List.of(2, 2,  2, 2),  1,  64, Form.PLAIN))
        .and("resnet34",            new Variant(Unit.BASIC,         List.of(3, 4,  6, 3),  1,  64, Form.PLAIN))
        .and("resnet50",            new Variant(Unit.BOTTLENECK,    List.of(3, 4,  6, 3),  1,  64, Form.PLAIN))
        .and("resnet101",           new Variant(Unit.BOTTLENECK,    List.of(3, 4, 23, 3),  1,  64, Form.PLAIN))
        .and("resnet152",           new Variant(Unit.BOTTLENECK,    List.of(3, 8, 36, 3),  1,  64, Form.PLAIN))
        .and("resnet50c",           new Variant(Unit.BOTTLENECK,    List.of(3, 4,  6, 3),  1,  64, Form.C))
        .and("resnet50d",           new Variant(Unit.BOTTLENECK,    List.of(3, 4,  6, 3),  1,  64, Form.D))
        .and("resnet101d",          new Variant(Unit.BOTTLENECK,    List.of(3, 4, 23, 3),  1,  64, Form.D))
        .and("resnext50_32x4d",     new Variant(Unit.BOTTLENECK,    List.of(3, 4,  6, 3), 32,   4, Form.PLAIN))
        .and("resnext101_32x4d",    new Variant(Unit.BOTTLENECK,    List.of(3, 4, 23, 3), 32,   4, Form.PLAIN))
        .and("resnext101_32x8d",    new Variant(Unit.BOTTLENECK,    List.of(3, 4, 23, 3), 32,   8, Form.PLAIN))
        .and("resnext101_64x4d",    new Variant(Unit.BOTTLENECK,    List.of(3, 4, 23, 3), 64,   4, Form.PLAIN))
        .and("wide_resnet50_2",     new Variant(Unit.BOTTLENECK,    List.of(3, 4,  6, 3),  1, 128, Form.PLAIN))
        .and("wide_resnet101_2",    new Variant(Unit.BOTTLENECK,    List.of(3, 4, 23, 3),  1, 128, Form.PLAIN))
        .and("seresnet50",          new Variant(Unit.SE_BOTTLENECK, List.of(3, 4,  6, 3),  1,  64, Form.PLAIN))
        .and("seresnext50_32x4d",   new Variant(Unit.SE_BOTTLENECK, List.of(3, 4,  6, 3), 32,   4, Form.PLAIN))
        .and("seresnext101_32x4d",  new Variant(Unit.SE_BOTTLENECK, List.of(3, 4, 23, 3), 32,   4, Form.PLAIN))
        .and("seresnext101_32x8d",  new Variant(Unit.SE_BOTTLENECK, List.of(3, 4, 23, 3), 32,   8, Form.PLAIN))
        .and("skresnet18",          new Variant(Unit.SK_BASIC,      List.of(2, 2,  2, 2),  1,  64, Form.PLAIN, SK_OF_BASIC))
        .and("skresnet34",          new Variant(Unit.SK_BASIC,      List.of(3, 4,  6, 3),  1,  64, Form.PLAIN, SK_OF_BASIC))
        .and("skresnet50",          new Variant(Unit.SK_BOTTLENECK, List.of(3, 4,  6, 3),  1,  64, Form.PLAIN, SK_OF_HALVES))
        .and("skresnet50d",         new Variant(Unit.SK_BOTTLENECK, List.of(3, 4,  6, 3),  1,  64, Form.D,     SK_OF_HALVES))
        .and("skresnext50_32x4d",   new Variant(Unit.SK_BOTTLENECK, List.of(3, 4,  6, 3), 32,   4, Form.PLAIN, SK));
    // spotless:on

    /**
     * Options.
     *
     * @param outputStride 32, 16 or 8
     * @param norm what the norms do in training
     * @param activation in place of ReLU
     * @param dropPath rate of stochastic depth in the last block; earlier ones drop proportionally less
     * @param zeroInit the last norm of each block begins at scale 0, so that the block begins as the identity
     *     (arXiv:1706.02677, section 5.1)
     * @param deepStem ResNet-C's three 3×3 convolutions as the stem of every variant; mmsegmentation's networks have it
     * @param inChannels channels of the picture
     */
    public record Config(
            Integer outputStride,
            Norm norm,
            Activation.Function activation,
            Double dropPath,
            Boolean zeroInit,
            Boolean deepStem,
            Integer inChannels)
            implements BackboneConfig {
        /** Fills in and checks. */
        public Config {
            outputStride = BackboneConfig.checkedStride(outputStride, List.of(32, 16, 8), "");
            norm = Objects.requireNonNullElse(norm, Norm.AUTO);
            dropPath = BackboneConfig.checkedDropPath(dropPath);
            zeroInit = Objects.requireNonNullElse(zeroInit, false);
            deepStem = Objects.requireNonNullElse(deepStem, false);
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
        boolean deepStem = config.deepStem() || v.form() != Form.PLAIN;
        Node x = g.relu(g.batchNorm("bn1", deepStem ? deepStem(input, g.in("conv1")) : stem(input, g)));
        List<Node> levels = new ArrayList<>(List.of(x)); // reduction 2: before pooling, as timm's feature_info
        x = g.maxPool(x, 3, 2, 1);

        Dilation dilation = new Dilation(config.outputStride());
        double dropPath = config.dropPath()
                / (v.depths().stream().mapToInt(Integer::intValue).sum() - 1);
        int blocks = 0;
        for (int stage = 0; stage < 4; stage++) {
            Dilation.Steps steps = dilation.stage(x, stage == 0 ? 1 : 2);
            for (int i = 0; i < v.depths().get(stage); i++) {
                GraphBuilder block = g.in("layer" + (stage + 1), i);
                Node y = branch(v, x, 64 << stage, steps.block(i), config.zeroInit() ? 0 : 1, block);
                Node shortcut = i == 0 ? shortcut(v, x, y, steps, block.in("downsample")) : x;
                x = block.relu(block.add(block.dropPath(y, dropPath * blocks++), shortcut));
            }
            levels.add(x);
        }
        return new Pyramid(levels);
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("fc", features, classes);
    }

    private static Node stem(Node x, GraphBuilder g) {
        return g.conv("conv1", x, Conv.of(7, 64).stride(2));
    }

    private static Node deepStem(Node x, GraphBuilder g) {
        Node y = g.relu(g.batchNorm("1", g.conv("0", x, Conv.of(3, 32).stride(2))));
        y = g.relu(g.batchNorm("4", g.conv("3", y, Conv.of(3, 32))));
        return g.conv("6", y, Conv.of(3, 64));
    }

    /** The residual branch of a block: the two units of figure 5. */
    private static Node branch(Variant v, Node x, int planes, Dilation.Steps s, double lastScale, GraphBuilder g) {
        return switch (v.unit()) {
            case BASIC -> {
                Conv first = Conv.of(3, planes).stride(s.stride()).dilation(s.first());
                Node y = g.relu(g.batchNorm("bn1", g.conv("conv1", x, first)));
                yield g.batchNorm("bn2", g.conv("conv2", y, Conv.of(3, planes).dilation(s.rest())), lastScale);
            }
            case BOTTLENECK -> bottleneck(v, x, planes, s, lastScale, g);
            case SE_BOTTLENECK -> squeezed(bottleneck(v, x, planes, s, lastScale, g), g.in("se"));
            case SK_BASIC -> {
                Conv first = Conv.of(3, planes).stride(s.stride()).dilation(s.first());
                Node y = v.kernel().of(x, first, g.in("conv1"));
                yield convNorm(y, Conv.of(3, planes).dilation(s.rest()), lastScale, g.in("conv2"));
            }
            case SK_BOTTLENECK -> {
                Conv spatial = spatial(v, planes, s);
                Node y = g.relu(convNorm(x, Conv.of(1, spatial.out()), 1, g.in("conv1")));
                yield convNorm(
                        v.kernel().of(y, spatial, g.in("conv2")), Conv.of(1, 4 * planes), lastScale, g.in("conv3"));
            }
        };
    }

    private static Node bottleneck(Variant v, Node x, int planes, Dilation.Steps s, double lastScale, GraphBuilder g) {
        Conv spatial = spatial(v, planes, s);
        Node y = g.relu(g.batchNorm("bn1", g.conv("conv1", x, Conv.of(1, spatial.out()))));
        y = g.relu(g.batchNorm("bn2", g.conv("conv2", y, spatial)));
        return g.batchNorm("bn3", g.conv("conv3", y, Conv.of(1, 4 * planes)), lastScale);
    }

    private static Conv spatial(Variant v, int planes, Dilation.Steps s) {
        int width = planes * v.baseWidth() / 64 * v.groups();
        return Conv.of(3, width).stride(s.stride()).dilation(s.first()).groups(v.groups());
    }

    private static Node convNorm(Node x, Conv conv, double scale, GraphBuilder g) {
        return g.batchNorm("bn", g.conv("conv", x, conv), scale);
    }

    /** Squeeze-and-excitation with a sixteenth of the channels. */
    private static Node squeezed(Node x, GraphBuilder g) {
        return SqueezeExcitation.of(x, x.channels() / 16, Activation.Function.RELU, Activation.Function.SIGMOID, g);
    }

    /** The shortcut of a stage's first block: a projection where the shape changes (option B). */
    private static Node shortcut(Variant v, Node x, Node y, Dilation.Steps s, GraphBuilder g) {
        if (s.stride() == 1 && x.channels() == y.channels()) {
            return x;
        }
        return v.form() == Form.D
                ? g.batchNorm("2", g.conv("1", average(x, s, g), Conv.of(1, y.channels())))
                : g.batchNorm("1", g.conv("0", x, Conv.of(1, y.channels()).stride(s.stride())));
    }

    /** ResNet-D averages 2×2 before the projection; where dilation took the stride, timm averages at stride 1. */
    private static Node average(Node x, Dilation.Steps s, GraphBuilder g) {
        if (s.stride() == 2) {
            return g.averagePool(x, new AveragePool(Size.of(2), Size.of(2), Padding.none(), true, false));
        }
        return s.rest() == 1
                ? x
                : g.averagePool(x, new AveragePool(Size.of(2), Size.of(1), Padding.same(), false, true));
    }
}
