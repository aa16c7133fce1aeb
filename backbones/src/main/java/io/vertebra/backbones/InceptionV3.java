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
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Inception v3: factorised convolutions, side by side.
 *
 * <p>Names as torchvision's, which took them from the authors' code. Its weights expect pictures normalised with mean and
 * deviation 0.5. The auxiliary classifier needs pictures of at least 299 pixels a side.
 *
 * @see <a href="https://arxiv.org/abs/1512.00567">Szegedy et al. 2015</a>, table 1
 */
public final class InceptionV3 implements BackboneFamily<InceptionV3.Config> {

    /** Rows are the channels of the factorised 7×7 convolutions in Mixed_6b to Mixed_6e. */
    private static final Variants<List<Integer>> VARIANTS = Variants.of("inception_v3", List.of(128, 160, 160, 192));

    private static final double EPSILON = 1e-3;
    private static final Initializer NORMAL = new Initializer.Normal(0.1);
    private static final InceptionParts PARTS = new InceptionParts(EPSILON, NORMAL);
    private static final InceptionParts NARROW = new InceptionParts(EPSILON, new Initializer.Normal(0.01));

    /**
     * Options.
     *
     * @param outputStride 32, its own
     * @param norm what the norms do in training
     * @param activation in place of ReLU
     * @param dropout share of the values before the classifier that training zeroes
     * @param auxiliary whether training adds the auxiliary classifier
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
                    outputStride, List.of(32), "it shrinks without padding, and no published model dilates it");
            norm = Objects.requireNonNullElse(norm, Norm.AUTO);
            dropout = BackboneConfig.checkedRate("dropout", dropout, 0.5);
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
        List<Integer> widths = VARIANTS.get(variant);
        Node x = PARTS.conv(input, shrinking(32), g.in("Conv2d_1a_3x3"));
        x = PARTS.conv(x, Conv.of(3, 32).padding(Padding.none()), g.in("Conv2d_2a_3x3"));
        Node at2 = PARTS.conv(x, Conv.of(3, 64), g.in("Conv2d_2b_3x3"));
        x = PARTS.conv(maxPool(at2, g), Conv.of(1, 80), g.in("Conv2d_3b_1x1"));
        Node at4 = PARTS.conv(x, Conv.of(3, 192).padding(Padding.none()), g.in("Conv2d_4a_3x3"));
        x = a(maxPool(at4, g), 32, g.in("Mixed_5b"));
        x = a(x, 64, g.in("Mixed_5c"));
        Node at8 = a(x, 64, g.in("Mixed_5d"));
        x = c(b(at8, g.in("Mixed_6a")), widths.get(0), g.in("Mixed_6b"));
        x = c(x, widths.get(1), g.in("Mixed_6c"));
        x = c(x, widths.get(2), g.in("Mixed_6d"));
        Node at16 = c(x, widths.get(3), g.in("Mixed_6e"));
        x = e(d(at16, g.in("Mixed_7a")), g.in("Mixed_7b"));
        Node at32 = e(x, g.in("Mixed_7c"));
        return new Pyramid(List.of(at2, at4, at8, at16, at32), List.of(at16));
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
            GraphBuilder scope = g.in("AuxLogits");
            Node y = scope.averagePool(x, new AveragePool(Size.of(5), Size.of(3), Padding.none(), false, true));
            y = PARTS.conv(y, Conv.of(1, 128), scope.in("conv0"));
            y = NARROW.conv(y, Conv.of(5, 768).padding(Padding.none()), scope.in("conv1"));
            y = scope.globalAveragePool(y);
            logits.add(scope.linear("fc", y, classes, new Initializer.Normal(0.001)));
        }
        return logits;
    }

    /** Figure 5, with the 5×5 convolution kept in one branch. */
    private static Node a(Node x, int pool, GraphBuilder g) {
        return g.concat(
                PARTS.conv(x, Conv.of(1, 64), g.in("branch1x1")),
                PARTS.chain("branch5x5_", 1, x, List.of(Conv.of(1, 48), Conv.of(5, 64)), g),
                PARTS.chain("branch3x3dbl_", 1, x, List.of(Conv.of(1, 64), Conv.of(3, 96), Conv.of(3, 96)), g),
                pooled(x, pool, g));
    }

    /** Figure 10, from 35×35 cells to 17×17. */
    private static Node b(Node x, GraphBuilder g) {
        return g.concat(
                PARTS.conv(x, shrinking(384), g.in("branch3x3")),
                PARTS.chain("branch3x3dbl_", 1, x, List.of(Conv.of(1, 64), Conv.of(3, 96), shrinking(96)), g),
                maxPool(x, g));
    }

    /** Figure 6 with n = 7. */
    private static Node c(Node x, int width, GraphBuilder g) {
        return g.concat(
                PARTS.conv(x, Conv.of(1, 192), g.in("branch1x1")),
                PARTS.chain("branch7x7_", 1, x, List.of(Conv.of(1, width), row(7, width), column(7, 192)), g),
                PARTS.chain(
                        "branch7x7dbl_",
                        1,
                        x,
                        List.of(Conv.of(1, width), column(7, width), row(7, width), column(7, width), row(7, 192)),
                        g),
                pooled(x, 192, g));
    }

    /** From 17×17 cells to 8×8. */
    private static Node d(Node x, GraphBuilder g) {
        return g.concat(
                PARTS.chain("branch3x3_", 1, x, List.of(Conv.of(1, 192), shrinking(320)), g),
                PARTS.chain(
                        "branch7x7x3_", 1, x, List.of(Conv.of(1, 192), row(7, 192), column(7, 192), shrinking(192)), g),
                maxPool(x, g));
    }

    /** Figure 7. */
    private static Node e(Node x, GraphBuilder g) {
        return g.concat(
                PARTS.conv(x, Conv.of(1, 320), g.in("branch1x1")),
                PARTS.spread("branch3x3_2", PARTS.chain("branch3x3_", 1, x, List.of(Conv.of(1, 384)), g), 384, g),
                PARTS.spread(
                        "branch3x3dbl_3",
                        PARTS.chain("branch3x3dbl_", 1, x, List.of(Conv.of(1, 448), Conv.of(3, 384)), g),
                        384,
                        g),
                pooled(x, 192, g));
    }

    private static Node pooled(Node x, int out, GraphBuilder g) {
        return PARTS.conv(averagePool(x, true, g), Conv.of(1, out), g.in("branch_pool"));
    }
}
