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

/**
 * RegNet X and Y: grouped bottlenecks whose widths grow as a quantised line; Y squeezes and excites.
 *
 * <p>Names and dilation as torchvision's. Where a stage's width is no multiple of its groups', torchvision rounds halves up
 * and never takes away more than a tenth; the authors' code and timm take the nearest multiple, so that their {@code
 * regnety_008}, {@code regnety_080} and {@code regnetx_004} are other networks.
 *
 * @see <a href="https://arxiv.org/abs/2003.13678">Radosavovic et al. 2020</a>, section 3.3 and tables 3 and 4
 */
public final class RegNet implements BackboneFamily<RegNet.Config> {

    private enum Rounding {
        TORCHVISION,
        NEAREST
    }

    /** Depth d, initial width w₀, slope wₐ, step wₘ and channels of a group g, and whether blocks squeeze and excite. */
    private record Variant(
            int depth, int initial, double slope, double step, int group, boolean excites, Rounding rounding) {}

    // spotless:off
    private static final Variants<Variant> VARIANTS = Variants
        .of ("regnet_y_400mf", new Variant(16,  48,  27.89, 2.09,   8, true,  Rounding.TORCHVISION))
        .and("regnet_y_800mf", new Variant(14,  56,  38.84, 2.40,  16, true,  Rounding.TORCHVISION))
        .and("regnet_y_1_6gf", new Variant(27,  48,  20.71, 2.65,  24, true,  Rounding.TORCHVISION))
        .and("regnet_y_3_2gf", new Variant(21,  80,  42.63, 2.66,  24, true,  Rounding.TORCHVISION))
        .and("regnet_y_8gf",   new Variant(17, 192,  76.82, 2.19,  56, true,  Rounding.TORCHVISION))
        .and("regnet_y_16gf",  new Variant(18, 200, 106.23, 2.48, 112, true,  Rounding.TORCHVISION))
        .and("regnet_y_32gf",  new Variant(20, 232, 115.89, 2.53, 232, true,  Rounding.TORCHVISION))
        .and("regnety_008",    new Variant(14,  56,  38.84, 2.40,  16, true,  Rounding.NEAREST))
        .and("regnety_080",    new Variant(17, 192,  76.82, 2.19,  56, true,  Rounding.NEAREST))
        .and("regnet_x_400mf", new Variant(22,  24,  24.48, 2.54,  16, false, Rounding.TORCHVISION))
        .and("regnet_x_800mf", new Variant(16,  56,  35.73, 2.28,  16, false, Rounding.TORCHVISION))
        .and("regnet_x_1_6gf", new Variant(18,  80,  34.01, 2.25,  24, false, Rounding.TORCHVISION))
        .and("regnet_x_3_2gf", new Variant(25,  88,  26.31, 2.25,  48, false, Rounding.TORCHVISION))
        .and("regnetx_004",    new Variant(22,  24,  24.48, 2.54,  16, false, Rounding.NEAREST));
    // spotless:on

    private static final int STEM = 32;
    private static final int QUANTUM = 8;
    private static final ConvNorm LAYERS = new ConvNorm(new BatchNorm(1e-5, 0.1, false, 1), Activation.Function.RELU);

    /** A stage: its channels, blocks, and channels of a group. */
    record Stage(int width, int depth, int group) {}

    /**
     * Options.
     *
     * @param outputStride 32, 16 or 8
     * @param norm what the norms do in training
     * @param activation in place of ReLU
     * @param dropPath rate of stochastic depth in the last block; earlier ones drop proportionally less
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
        List<Stage> stages = stages(v);
        Dilation dilation = new Dilation(config.outputStride());
        double dropPath = config.dropPath() / (v.depth() - 1);
        int blocks = 0;
        Node x = LAYERS.active(input, Conv.of(3, STEM).stride(2), g.in("stem"));
        List<Node> levels = new ArrayList<>(List.of(x));
        for (int stage = 0; stage < stages.size(); stage++) {
            Stage row = stages.get(stage);
            Dilation.Steps steps = dilation.stage(x, 2);
            String name = "block" + (stage + 1);
            for (int i = 0; i < row.depth(); i++) {
                GraphBuilder block = g.in("trunk_output", name, name + "-" + i);
                Node shortcut = i == 0 ? projection(x, row.width(), steps.stride(), block.in("proj")) : x;
                Node y = branch(x, row, v.excites(), steps.block(i), block.in("f"));
                x = block.relu(block.add(block.dropPath(y, dropPath * blocks++), shortcut));
            }
            levels.add(x);
        }
        return new Pyramid(levels);
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("fc", features, classes, new Initializer.Normal(0.01));
    }

    /** Figure 11 with a bottleneck ratio of 1; a quarter of the block's input is what Y's squeeze gives. */
    private static Node branch(Node x, Stage row, boolean excites, Dilation.Steps s, GraphBuilder g) {
        int width = row.width();
        Conv spatial = Conv.of(3, width).stride(s.stride()).dilation(s.first()).groups(width / row.group());
        Node y = LAYERS.active(x, Conv.of(1, width), g.in("a"));
        y = LAYERS.active(y, spatial, g.in("b"));
        if (excites) {
            y = SqueezeExcitation.of(
                    y, x.channels() / 4, Activation.Function.RELU, Activation.Function.SIGMOID, g.in("se"));
        }
        return LAYERS.linear(y, Conv.of(1, width), g.in("c"));
    }

    private static Node projection(Node x, int width, int stride, GraphBuilder g) {
        return LAYERS.linear(x, Conv.of(1, width).stride(stride), g);
    }

    /** Equations 2 to 4: uⱼ = w₀ + wₐ j, the power of wₘ nearest to uⱼ / w₀, and equal widths are a stage. */
    private static List<Stage> stages(Variant v) {
        List<Stage> stages = new ArrayList<>();
        for (int j = 0, begin = 0, width = 0; j <= v.depth(); j++) {
            int next = j == v.depth() ? 0 : width(v, j);
            if (j > 0 && next != width) {
                int group = Math.min(v.group(), width);
                stages.add(new Stage(divisible(width, group, v.rounding()), j - begin, group));
                begin = j;
            }
            width = next;
        }
        return stages;
    }

    private static int width(Variant v, int block) {
        double power = Math.rint(Math.log((v.initial() + v.slope() * block) / v.initial()) / Math.log(v.step()));
        return QUANTUM * (int) Math.rint(v.initial() * Math.pow(v.step(), power) / QUANTUM);
    }

    private static int divisible(int width, int group, Rounding rounding) {
        return switch (rounding) {
            case TORCHVISION -> Widths.multiple(width, group);
            case NEAREST -> group * (int) Math.rint((double) width / group);
        };
    }
}
