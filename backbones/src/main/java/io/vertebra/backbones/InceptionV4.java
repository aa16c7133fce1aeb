package io.vertebra.backbones;

import static io.vertebra.backbones.InceptionParts.averagePool;
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
 * Inception v4: a deeper Inception whose modules are alike.
 *
 * <p>Names as timm's, and its averages that leave padding out. Its weights expect pictures normalised with mean and
 * deviation 0.5.
 *
 * @see <a href="https://arxiv.org/abs/1602.07261">Szegedy et al. 2016</a>, figures 3 to 9
 * @see InceptionResNetV2
 */
public final class InceptionV4 implements BackboneFamily<InceptionV4.Config> {

    /** How often the modules of figures 4, 5 and 6 come. */
    private record Variant(int a, int b, int c) {}

    private static final Variants<Variant> VARIANTS = Variants.of("inception_v4", new Variant(4, 7, 3));

    /** The second branching of figure 3. */
    private static final List<List<Conv>> STEM = List.of(
            List.of(Conv.of(1, 64), unpadded(96)), List.of(Conv.of(1, 64), row(7, 64), column(7, 64), unpadded(96)));

    /** Figure 4. */
    private static final List<List<Conv>> A = List.of(
            List.of(Conv.of(1, 96)),
            List.of(Conv.of(1, 64), Conv.of(3, 96)),
            List.of(Conv.of(1, 64), Conv.of(3, 96), Conv.of(3, 96)));

    /** Figure 7 with the first row of table 1. */
    private static final List<List<Conv>> REDUCTION_A =
            List.of(List.of(shrinking(384)), List.of(Conv.of(1, 192), Conv.of(3, 224), shrinking(256)));

    /** Figure 5. */
    private static final List<List<Conv>> B = List.of(
            List.of(Conv.of(1, 384)),
            List.of(Conv.of(1, 192), row(7, 224), column(7, 256)),
            List.of(Conv.of(1, 192), column(7, 192), row(7, 224), column(7, 224), row(7, 256)));

    /** Figure 8. */
    private static final List<List<Conv>> REDUCTION_B = List.of(
            List.of(Conv.of(1, 192), shrinking(192)),
            List.of(Conv.of(1, 256), row(7, 256), column(7, 320), shrinking(320)));

    private static final InceptionParts PARTS = new InceptionParts(1e-3, new Initializer.Uniform(1));

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
        Node x = PARTS.conv(input, shrinking(32), g.in("features", 0));
        x = PARTS.conv(x, unpadded(32), g.in("features", 1));
        Node at2 = PARTS.conv(x, Conv.of(3, 64), g.in("features", 2));
        GraphBuilder first = g.in("features", 3);
        Node at4 = first.concat(maxPool(at2, first), PARTS.conv(at2, shrinking(96), first.in("conv")));
        x = g.concat(PARTS.branches(0, at4, STEM, g.in("features", 4)).toArray(Node[]::new));
        GraphBuilder last = g.in("features", 5);
        x = last.concat(PARTS.conv(x, shrinking(192), last.in("conv")), maxPool(x, last));
        int layer = 6;
        for (int i = 0; i < v.a(); i++) {
            x = PARTS.pooled(x, A, 96, g.in("features", layer++));
        }
        Node at8 = x;
        x = PARTS.reduced(x, REDUCTION_A, g.in("features", layer++));
        for (int i = 0; i < v.b(); i++) {
            x = PARTS.pooled(x, B, 128, g.in("features", layer++));
        }
        Node at16 = x;
        x = PARTS.reduced(x, REDUCTION_B, g.in("features", layer++));
        for (int i = 0; i < v.c(); i++) {
            x = c(x, g.in("features", layer++));
        }
        return new Pyramid(List.of(at2, at4, at8, at16, x));
    }

    @Override
    public Node features(String variant, Config config, Pyramid pyramid, GraphBuilder g) {
        return g.dropout(g.globalAveragePool(pyramid.last()), config.dropout());
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("last_linear", features, classes);
    }

    /** Figure 6. */
    private static Node c(Node x, GraphBuilder g) {
        Node single = PARTS.conv(x, Conv.of(1, 256), g.in("branch0"));
        Node two = PARTS.conv(x, Conv.of(1, 384), g.in("branch1_0"));
        Node twoSpread = PARTS.spread("branch1_1", two, 256, g);
        Node three = PARTS.chain("branch2_", 0, x, List.of(Conv.of(1, 384), column(3, 448), row(3, 512)), g);
        Node threeSpread = PARTS.spread("branch2_3", three, 256, g);
        Node pooled = PARTS.conv(averagePool(x, false, g), Conv.of(1, 256), g.in("branch3", 1));
        return g.concat(single, twoSpread, threeSpread, pooled);
    }

    private static Conv unpadded(int out) {
        return Conv.of(3, out).padding(Padding.none());
    }
}
