package io.vertebra.backbones;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.MaxPool;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * GoogLeNet (Inception v1) with batch norms in place of local response normalisation.
 *
 * <p>Names as torchvision's, and with its 3×3 where the paper's table has a 5×5 convolution: its weights are those of a
 * port that had mistaken it. They expect pictures normalised with mean and deviation 0.5.
 *
 * @see <a href="https://arxiv.org/abs/1409.4842">Szegedy et al. 2014</a>, table 1
 */
public final class GoogLeNet implements BackboneFamily<GoogLeNet.Config> {

    /** A row of table 1: channels of the branches; {@code r} reduces before the convolution that follows. */
    private record Module(String name, int conv1, int r3, int conv3, int r5, int conv5, int pool) {}

    // spotless:off
    private static final Variants<List<List<Module>>> VARIANTS = Variants.of("googlenet", List.of(
        List.of(
            new Module("3a",  64,  96, 128, 16,  32,  32),
            new Module("3b", 128, 128, 192, 32,  96,  64)),
        List.of(
            new Module("4a", 192,  96, 208, 16,  48,  64),
            new Module("4b", 160, 112, 224, 24,  64,  64),
            new Module("4c", 128, 128, 256, 24,  64,  64),
            new Module("4d", 112, 144, 288, 32,  64,  64),
            new Module("4e", 256, 160, 320, 32, 128, 128)),
        List.of(
            new Module("5a", 256, 160, 320, 32, 128, 128),
            new Module("5b", 384, 192, 384, 48, 128, 128))));
    // spotless:on

    /** Behind which modules the auxiliary classifiers stand; section 5. */
    private static final List<String> AUXILIARY = List.of("4a", "4d");

    private static final Initializer NORMAL = new Initializer.Normal(0.01);
    private static final InceptionParts PARTS = new InceptionParts(1e-3, NORMAL);
    private static final int AUXILIARY_GRID = 4;
    private static final double AUXILIARY_DROPOUT = 0.7;

    /**
     * Options.
     *
     * @param outputStride 32, its own
     * @param norm what the norms do in training
     * @param activation in place of ReLU
     * @param dropout share of the values before the classifier that training zeroes
     * @param auxiliary whether training adds the two auxiliary classifiers
     * @param inChannels channels of the picture
     */
    public record Config(
            Integer outputStride,
            Norm norm,
            Activation.Function activation,
            Double dropout,
            Boolean auxiliary,
            Integer inChannels)
            implements BackboneConfig {
        /** Fills in and checks. */
        public Config {
            outputStride = BackboneConfig.checkedStride(
                    outputStride, List.of(32), "it shrinks by pooling, and no published model dilates it");
            norm = Objects.requireNonNullElse(norm, Norm.AUTO);
            dropout = BackboneConfig.checkedRate("dropout", dropout, 0.2);
            auxiliary = Objects.requireNonNullElse(auxiliary, false);
            inChannels = BackboneConfig.checkedChannels(inChannels);
        }
    }

    @Override
    public FamilyTable<Config> table() {
        return VARIANTS.with(Config.class);
    }

    @Override
    public Pyramid build(String variant, Config config, Node input, GraphBuilder g) {
        List<Node> levels = new ArrayList<>();
        List<Node> auxiliary = new ArrayList<>();
        Node x = PARTS.conv(input, Conv.of(7, 64).stride(2), g.in("conv1"));
        levels.add(x);
        x = PARTS.conv(pool(x, 3, g), Conv.of(1, 64), g.in("conv2"));
        x = PARTS.conv(x, Conv.of(3, 192), g.in("conv3"));
        levels.add(x);
        for (List<Module> stage : VARIANTS.get(variant)) {
            x = pool(x, levels.size() == 4 ? 2 : 3, g); // torchvision's last pool takes 2×2, the paper's 3×3
            for (Module module : stage) {
                x = module(x, module, g.in("inception" + module.name()));
                if (AUXILIARY.contains(module.name())) {
                    auxiliary.add(x);
                }
            }
            levels.add(x);
        }
        return new Pyramid(levels, auxiliary);
    }

    @Override
    public Node features(String variant, Config config, Pyramid pyramid, GraphBuilder g) {
        return g.dropout(g.globalAveragePool(pyramid.last()), config.dropout());
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("fc", features, classes, NORMAL);
    }

    @Override
    public List<Node> auxiliary(String variant, Config config, Pyramid pyramid, int classes, GraphBuilder g) {
        List<Node> logits = new ArrayList<>();
        for (Node x : config.auxiliary() ? pyramid.auxiliary() : List.<Node>of()) {
            GraphBuilder scope = g.in("aux" + (logits.size() + 1));
            Node y = PARTS.conv(
                    scope.adaptiveAveragePool(x, Size.of(AUXILIARY_GRID)), Conv.of(1, 128), scope.in("conv"));
            y = scope.relu(scope.linear("fc1", scope.flatten(y), 1024, NORMAL));
            logits.add(scope.linear("fc2", scope.dropout(y, AUXILIARY_DROPOUT), classes, NORMAL));
        }
        return logits;
    }

    /** Figure 2(b). */
    private static Node module(Node x, Module m, GraphBuilder g) {
        Node pooled = g.maxPool(x, new MaxPool(Size.of(3), Size.of(1), Padding.of(1), true));
        List<Node> branches = PARTS.branches(
                1,
                x,
                List.of(
                        List.of(Conv.of(1, m.conv1())),
                        List.of(Conv.of(1, m.r3()), Conv.of(3, m.conv3())),
                        List.of(Conv.of(1, m.r5()), Conv.of(3, m.conv5()))),
                g);
        return InceptionParts.join(branches, PARTS.conv(pooled, Conv.of(1, m.pool()), g.in("branch4.1")), g);
    }

    private static Node pool(Node x, int kernel, GraphBuilder g) {
        return g.maxPool(x, new MaxPool(Size.of(kernel), Size.of(2), Padding.none(), true));
    }
}
