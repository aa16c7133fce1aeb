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
 * MNASNet-B1: inverted residuals whose kernels and expansions a search chose by the time that they take on a phone.
 *
 * <p>Names as torchvision's; the pyramid ends at the last block as timm's, the convolution behind it belongs to the
 * classifier.
 *
 * @see <a href="https://arxiv.org/abs/1807.11626">Tan et al. 2018</a>, figure 7 and table 2
 */
public final class MnasNet implements BackboneFamily<MnasNet.Config> {

    /** Rows are the width multiplier; torchvision's mnasnet0_5 and mnasnet0_75 are timm's 050 and 075. */
    // spotless:off
    private static final Variants<Double> VARIANTS = Variants
        .of ("mnasnet1_0",  1.00)
        .and("mnasnet_050", 0.50)
        .and("mnasnet_075", 0.75)
        .and("mnasnet_140", 1.40);

    /** A stack of blocks: kernel, stride, expansion, channels, repetitions. */
    private record Stack(int kernel, int stride, int expansion, int out, int repetitions) {}

    private static final List<Stack> STACKS = List.of(
        new Stack(3, 2, 3,  24, 3),
        new Stack(5, 2, 3,  40, 3),
        new Stack(5, 2, 6,  80, 3),
        new Stack(3, 1, 6,  96, 2),
        new Stack(5, 2, 6, 192, 4),
        new Stack(3, 1, 6, 320, 1));
    // spotless:on

    private static final int STEM = 32;
    private static final int FIRST = 16;
    private static final int LAST = 1280;

    /** Places in torchvision's list. */
    private static final int FIRST_STACK = 8;

    private static final int LAST_CONVOLUTION = 14;

    /** The authors' momentum, 0.9997 of what was. */
    private static final BatchNorm NORM = new BatchNorm(1e-5, 3e-4, false, 1);

    /**
     * Options.
     *
     * @param width a factor on the channels of the variant; those before the classifier stay
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
            dropout = BackboneConfig.checkedRate("dropout", dropout, 0.2);
            inChannels = BackboneConfig.checkedChannels(inChannels);
        }
    }

    @Override
    public FamilyTable<Config> table() {
        return VARIANTS.with(Config.class);
    }

    @Override
    public Pyramid build(String variant, Config config, Node input, GraphBuilder g) {
        double width = VARIANTS.get(variant) * config.width();
        int stem = Widths.scale(STEM, width);
        GraphBuilder layers = g.in("layers");
        Node x = active(input, Conv.of(3, stem).stride(2), 0, layers);
        x = active(x, Conv.of(3, stem).groups(stem), 3, layers);
        x = linear(x, Conv.of(1, Widths.scale(FIRST, width)), 6, layers);

        Dilation dilation = new Dilation(config.outputStride());
        double dropPath = config.dropPath()
                / (STACKS.stream().mapToInt(Stack::repetitions).sum() - 1);
        int blocks = 0;
        List<Node> levels = new ArrayList<>();
        for (int stack = 0; stack < STACKS.size(); stack++) {
            Stack row = STACKS.get(stack);
            if (row.stride() == 2) { // the last map of its reduction
                levels.add(x);
            }
            Dilation.Steps steps = dilation.stage(x, row.stride());
            int out = Widths.scale(row.out(), width);
            for (int i = 0; i < row.repetitions(); i++) {
                GraphBuilder block = layers.in(FIRST_STACK + stack, i);
                Node y = branch(x, row, out, steps.block(i), block.in("layers"));
                x = i == 0 ? y : block.add(block.dropPath(y, dropPath * blocks), x);
                blocks++;
            }
        }
        levels.add(x);
        return new Pyramid(levels);
    }

    @Override
    public Node features(String variant, Config config, Pyramid pyramid, GraphBuilder g) {
        Node x = active(pyramid.last(), Conv.of(1, LAST), LAST_CONVOLUTION, g.in("layers"));
        return g.dropout(g.globalAveragePool(x), config.dropout());
    }

    /** torchvision draws the weights within ±√(3 / classes). */
    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        Initializer uniform = new Initializer.Uniform(3.0 * features.channels() / classes);
        return g.linear("classifier.1", features, classes, uniform);
    }

    /** Figure 7(b): expand, filter, project; a stack's first block has no shortcut. */
    private static Node branch(Node x, Stack row, int out, Dilation.Steps s, GraphBuilder g) {
        int expanded = row.expansion() * x.channels();
        Conv filter = Conv.of(row.kernel(), expanded)
                .groups(expanded)
                .stride(s.stride())
                .dilation(s.first());
        Node y = active(active(x, Conv.of(1, expanded), 0, g), filter, 3, g);
        return linear(y, Conv.of(1, out), 6, g);
    }

    /** A convolution at its place in torchvision's list, its norm and its nonlinearity. */
    private static Node active(Node x, Conv conv, int layer, GraphBuilder g) {
        return g.in(layer + 2).relu(linear(x, conv, layer, g));
    }

    private static Node linear(Node x, Conv conv, int layer, GraphBuilder g) {
        return g.batchNorm("" + (layer + 1), g.conv("" + layer, x, conv), NORM);
    }
}
