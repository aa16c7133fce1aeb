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
 * DarkNet-53: stages of a strided convolution and residual units, each with a norm and leaky ReLU behind every convolution.
 *
 * <p>Names as pytorchcv's. Dilation as ResNet's: a stage whose stride is traded begins with the dilation of the stage before.
 *
 * @see <a href="https://arxiv.org/abs/1804.02767">Redmon and Farhadi 2018</a>, table 1
 */
public final class DarkNet implements BackboneFamily<DarkNet.Config> {

    /** Channels behind a stage's convolution, and the residual units that follow. */
    private record Stage(int out, int units) {}

    // spotless:off
    private static final Variants<List<Stage>> VARIANTS = Variants.of("darknet53", List.of(
        new Stage(  64, 1),
        new Stage( 128, 2),
        new Stage( 256, 8),
        new Stage( 512, 8),
        new Stage(1024, 4)));
    // spotless:on

    private static final int STEM = 32;

    /**
     * Options.
     *
     * @param outputStride 32, 16 or 8
     * @param norm what the norms do in training
     * @param activation in place of leaky ReLU
     * @param dropPath rate of stochastic depth in the last unit; earlier ones drop proportionally less
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
        List<Stage> stages = VARIANTS.get(variant);
        double steps = stages.stream().mapToInt(Stage::units).sum() - 1;
        GraphBuilder features = g.in("features");
        Node x = conv(input, Conv.of(3, STEM), features.in("init_block"));
        List<Node> levels = new ArrayList<>(List.of(x));
        Dilation dilation = new Dilation(config.outputStride());
        int before = 0;
        for (Stage stage : stages) {
            GraphBuilder scope = features.in("stage" + levels.size());
            Dilation.Steps step = dilation.stage(x, 2);
            x = conv(x, Conv.of(3, stage.out()).stride(step.stride()).dilation(step.first()), scope.in("unit1"));
            for (int i = 0; i < stage.units(); i++) {
                x = unit(x, step.rest(), config.dropPath() * before++ / steps, scope.in("unit" + (i + 2)));
            }
            levels.add(x);
        }
        return new Pyramid(levels);
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("output", features, classes);
    }

    /** Half the channels and all of them again, beside what came before; nothing is activated behind the sum. */
    private static Node unit(Node x, int dilation, double dropPath, GraphBuilder g) {
        Node y = conv(x, Conv.of(1, x.channels() / 2), g.in("conv1"));
        y = conv(y, Conv.of(3, x.channels()).dilation(dilation), g.in("conv2"));
        return g.add(g.dropPath(y, dropPath), x);
    }

    private static Node conv(Node x, Conv conv, GraphBuilder g) {
        Node y = g.batchNorm("bn", g.conv("conv", x, conv.initializer(Initializer.heUniform())));
        return g.activation(Activation.Function.LEAKY_RELU, y);
    }
}
