package io.vertebra.backbones;

import static io.vertebra.backbones.InceptionParts.column;
import static io.vertebra.backbones.InceptionParts.maxPool;
import static io.vertebra.backbones.InceptionParts.row;
import static io.vertebra.backbones.InceptionParts.shrinking;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.Padding;
import java.util.List;
import java.util.Objects;

/**
 * Inception-ResNet v2: Inception modules as residual branches, which are scaled down before they are added.
 *
 * <p>Names as timm's, and its form, which is that of the authors' code: the stem is Inception v3's, and there are twice as
 * many blocks as in the paper. Its weights expect pictures normalised with mean and deviation 0.5.
 *
 * @see <a href="https://arxiv.org/abs/1602.07261">Szegedy et al. 2016</a>, figures 15 to 20
 * @see InceptionV4
 */
public final class InceptionResNetV2 implements BackboneFamily<InceptionResNetV2.Config> {

    /** How often the blocks of figures 16, 17 and 19 come; one more of the last kind follows, neither scaled nor rectified. */
    private record Variant(int a, int b, int c) {}

    private static final Variants<Variant> VARIANTS = Variants.of("inception_resnet_v2", new Variant(10, 20, 9));

    /** A block: its branches, and the factor on what is added; section 3.3. */
    private record Block(double scale, List<List<Conv>> branches) {}

    /** The first module behind the stem. */
    private static final List<List<Conv>> MIXED = List.of(
            List.of(Conv.of(1, 96)),
            List.of(Conv.of(1, 48), Conv.of(5, 64)),
            List.of(Conv.of(1, 64), Conv.of(3, 96), Conv.of(3, 96)));

    /** Figure 16. */
    private static final Block A = new Block(
            0.17,
            List.of(
                    List.of(Conv.of(1, 32)),
                    List.of(Conv.of(1, 32), Conv.of(3, 32)),
                    List.of(Conv.of(1, 32), Conv.of(3, 48), Conv.of(3, 64))));

    /** Figure 7 with the last row of table 1. */
    private static final List<List<Conv>> REDUCTION_A =
            List.of(List.of(shrinking(384)), List.of(Conv.of(1, 256), Conv.of(3, 256), shrinking(384)));

    /** Figure 17. */
    private static final Block B =
            new Block(0.1, List.of(List.of(Conv.of(1, 192)), List.of(Conv.of(1, 128), row(7, 160), column(7, 192))));

    /** Figure 18. */
    private static final List<List<Conv>> REDUCTION_B = List.of(
            List.of(Conv.of(1, 256), shrinking(384)),
            List.of(Conv.of(1, 256), shrinking(288)),
            List.of(Conv.of(1, 256), Conv.of(3, 288), shrinking(320)));

    /** Figure 19. */
    private static final Block C =
            new Block(0.2, List.of(List.of(Conv.of(1, 192)), List.of(Conv.of(1, 192), row(3, 224), column(3, 256))));

    private static final Initializer UNIFORM = new Initializer.Uniform(1);
    private static final InceptionParts PARTS = new InceptionParts(1e-3, UNIFORM);

    /**
     * Options.
     *
     * @param outputStride 32, its own
     * @param norm what the norms do in training
     * @param activation in place of ReLU
     * @param dropout share of the values before the classifier that training zeroes
     * @param inChannels channels of the picture
     */
    public record Config(
            Integer outputStride, Norm norm, Activation.Function activation, Double dropout, Integer inChannels)
            implements BackboneConfig {
        /** Fills in and checks. */
        public Config {
            outputStride = BackboneConfig.checkedStride(
                    outputStride, List.of(32), "it shrinks without padding, and no published model dilates it");
            norm = Objects.requireNonNullElse(norm, Norm.AUTO);
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
        Variant v = VARIANTS.get(variant);
        Node x = PARTS.conv(input, shrinking(32), g.in("conv2d_1a"));
        x = PARTS.conv(x, Conv.of(3, 32).padding(Padding.none()), g.in("conv2d_2a"));
        Node at2 = PARTS.conv(x, Conv.of(3, 64), g.in("conv2d_2b"));
        x = PARTS.conv(maxPool(at2, g), Conv.of(1, 80), g.in("conv2d_3b"));
        Node at4 = PARTS.conv(x, Conv.of(3, 192).padding(Padding.none()), g.in("conv2d_4a"));
        x = PARTS.pooled(maxPool(at4, g), MIXED, 64, g.in("mixed_5b"));
        Node at8 = repeat(x, A, v.a(), "repeat", g);
        x = PARTS.reduced(at8, REDUCTION_A, g.in("mixed_6a"));
        Node at16 = repeat(x, B, v.b(), "repeat_1", g);
        x = PARTS.reduced(at16, REDUCTION_B, g.in("mixed_7a"));
        x = repeat(x, C, v.c(), "repeat_2", g);
        GraphBuilder last = g.in("block8");
        x = last.add(x, branch(x, C, last));
        return new Pyramid(List.of(at2, at4, at8, at16, PARTS.conv(x, Conv.of(1, 1536), g.in("conv2d_7b"))));
    }

    @Override
    public Node features(String variant, Config config, Pyramid pyramid, GraphBuilder g) {
        return g.dropout(g.globalAveragePool(pyramid.last()), config.dropout());
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("classif", features, classes);
    }

    private static Node repeat(Node x, Block block, int times, String name, GraphBuilder g) {
        Node y = x;
        for (int i = 0; i < times; i++) {
            GraphBuilder scope = g.in(name, i);
            y = scope.relu(scope.scaledAdd(y, block.scale(), branch(y, block, scope)));
        }
        return y;
    }

    private static Node branch(Node x, Block block, GraphBuilder g) {
        Node joined = g.concat(PARTS.branches(0, x, block.branches(), g).toArray(Node[]::new));
        return g.conv("conv2d", joined, Conv.of(1, x.channels()).withBias().initializer(UNIFORM));
    }
}
