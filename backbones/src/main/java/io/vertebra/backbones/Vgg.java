package io.vertebra.backbones;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.MaxPool;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * VGG: nothing but 3×3 convolutions and pooling by two, with or without batch norms.
 *
 * <p>Names as torchvision's, also those of the form that SSD stands on.
 *
 * @see <a href="https://arxiv.org/abs/1409.1556">Simonyan and Zisserman 2014</a>, table 1
 * @see <a href="https://arxiv.org/abs/1512.02325">Liu et al. 2016</a> (SSD), section 3.1
 */
public final class Vgg implements BackboneFamily<Vgg.Config> {

    private record Variant(List<Integer> depths, boolean norms) {}

    // spotless:off
    private static final Variants<Variant> VARIANTS = Variants
        .of ("vgg11",    new Variant(List.of(1, 1, 2, 2, 2), false)) // A
        .and("vgg13",    new Variant(List.of(2, 2, 2, 2, 2), false)) // B
        .and("vgg16",    new Variant(List.of(2, 2, 3, 3, 3), false)) // D
        .and("vgg19",    new Variant(List.of(2, 2, 4, 4, 4), false)) // E
        .and("vgg11_bn", new Variant(List.of(1, 1, 2, 2, 2), true))
        .and("vgg13_bn", new Variant(List.of(2, 2, 2, 2, 2), true))
        .and("vgg16_bn", new Variant(List.of(2, 2, 3, 3, 3), true))
        .and("vgg19_bn", new Variant(List.of(2, 2, 4, 4, 4), true));
    // spotless:on

    private static final List<Integer> WIDTHS = List.of(64, 128, 256, 512, 512);
    private static final int GRID = 7;
    private static final int HIDDEN = 4096;
    private static final int ATROUS = 1024;
    private static final Initializer NORMAL = new Initializer.Normal(0.01);

    /**
     * Options.
     *
     * @param outputStride its own: 32, or 16 in the atrous form
     * @param norm what the norms do in training
     * @param activation in place of ReLU
     * @param dropout share of the values of each hidden layer of the classifier that training zeroes
     * @param atrous the form that SSD stands on: pool 3 rounds up, pool 5 keeps the size, and the hidden layers fc6 and
     *     fc7 are convolutions, the first one dilated; it has no classifier
     * @param inChannels channels of the picture
     */
    public record Config(
            Integer outputStride,
            Norm norm,
            Activation.Function activation,
            Double dropout,
            Boolean atrous,
            Integer inChannels)
            implements BackboneConfig {
        /** Fills in and checks. */
        public Config {
            atrous = Objects.requireNonNullElse(atrous, false);
            outputStride = BackboneConfig.checkedStride(
                    outputStride,
                    List.of(atrous ? 16 : 32),
                    "it shrinks by pooling, and no published model dilates it further");
            norm = Objects.requireNonNullElse(norm, Norm.AUTO);
            dropout = BackboneConfig.checkedRate("dropout", dropout, 0.5);
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
        GraphBuilder scope = g.in("features");
        Node x = input;
        List<Node> levels = new ArrayList<>();
        int layer = 0; // its place in torchvision's list: ReLUs, pools and norms count
        for (int stage = 0; stage < WIDTHS.size(); stage++) {
            if (stage > 0) {
                x = g.maxPool(x, new MaxPool(Size.of(2), Size.of(2), Padding.none(), config.atrous() && stage == 3));
                layer++;
            }
            if (config.atrous() && stage == 4) { // torchvision's SSD begins a new list at pool 4
                scope = g.in("extra", 0);
                layer = 1;
            }
            for (int i = 0; i < v.depths().get(stage); i++) {
                x = scope.conv("" + layer++, x, Conv.of(3, WIDTHS.get(stage)).withBias());
                x = g.relu(v.norms() ? scope.batchNorm("" + layer++, x) : x);
                layer++;
            }
            if (!(config.atrous() && stage == 4)) {
                levels.add(x);
            }
        }
        levels.add(config.atrous() ? hidden(x, scope.in(layer)) : g.maxPool(x, 2, 2, 0));
        return new Pyramid(levels);
    }

    /** Pool 5, fc6 and fc7 as convolutions: fc6 has nine of its 49 taps left, six cells apart. */
    private static Node hidden(Node x, GraphBuilder g) {
        Node y = g.maxPool(x, 3, 1, 1);
        y = g.relu(g.conv("1", y, xavier(Conv.of(3, ATROUS).dilation(6), y)));
        return g.relu(g.conv("3", y, xavier(Conv.of(1, ATROUS), y)));
    }

    private static Conv xavier(Conv conv, Node x) {
        return conv.withBias().initializer(new Initializer.Uniform(6.0 * x.channels() / (x.channels() + conv.out())));
    }

    @Override
    public Node features(String variant, Config config, Pyramid pyramid, GraphBuilder g) {
        if (config.atrous()) {
            throw new GraphException("atrous", "must be false for a classifier: the form that SSD stands on has none");
        }
        GraphBuilder classifier = g.in("classifier");
        Node x = g.flatten(g.adaptiveAveragePool(pyramid.last(), Size.of(GRID)));
        x = g.dropout(g.relu(classifier.linear("0", x, HIDDEN, NORMAL)), config.dropout());
        return g.dropout(g.relu(classifier.linear("3", x, HIDDEN, NORMAL)), config.dropout());
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("classifier.6", features, classes, NORMAL);
    }
}
