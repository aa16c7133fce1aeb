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
 * BN-Inception (Inception v2): GoogLeNet's modules with batch norms, and two 3×3 convolutions in place of the 5×5.
 *
 * <p>Names, pyramid and the convolutions' biases as pytorchcv's, whose weights came from Caffe.
 *
 * @see <a href="https://arxiv.org/abs/1502.03167">Ioffe and Szegedy 2015</a>, figure 5
 */
public final class BnInception implements BackboneFamily<BnInception.Config> {

    /**
     * A row of figure 5: channels of the branches; {@code r} reduces before the convolutions that follow. A module
     * without 1×1 convolutions of its own has stride 2, and passes its pooled input through.
     */
    private record Module(int conv1, int r3, int conv3, int r33, int conv33, int pool, boolean max) {
        Module(int conv1, int r3, int conv3, int r33, int conv33, int pool) {
            this(conv1, r3, conv3, r33, conv33, pool, false);
        }

        boolean shrinks() {
            return conv1 == 0;
        }
    }

    // spotless:off
    private static final Variants<List<List<Module>>> VARIANTS = Variants.of("bninception", List.of(
        List.of(
            new Module( 64,  64,  64,  64,  96,  32),
            new Module( 64,  64,  96,  64,  96,  64)),
        List.of(
            new Module(  0, 128, 160,  64,  96,   0),
            new Module(224,  64,  96,  96, 128, 128),
            new Module(192,  96, 128,  96, 128, 128),
            new Module(160, 128, 160, 128, 160, 128),
            new Module( 96, 128, 192, 160, 192, 128)),
        List.of(
            new Module(  0, 128, 192, 192, 256,   0),
            new Module(352, 192, 320, 160, 224, 128),
            new Module(352, 192, 320, 192, 224, 128, true))));
    // spotless:on

    private static final InceptionParts PARTS = new InceptionParts(1e-5, Initializer.heUniform());

    /**
     * Options.
     *
     * @param outputStride 32, its own
     * @param norm what the norms do in training
     * @param activation in place of ReLU
     * @param inChannels channels of the picture
     */
    public record Config(Integer outputStride, Norm norm, Activation.Function activation, Integer inChannels)
            implements BackboneConfig {
        /** Fills in and checks. */
        public Config {
            outputStride = BackboneConfig.checkedStride(
                    outputStride, List.of(32), "it shrinks by pooling, and no published model dilates it");
            norm = Objects.requireNonNullElse(norm, Norm.AUTO);
            inChannels = BackboneConfig.checkedChannels(inChannels);
        }
    }

    @Override
    public FamilyTable<Config> table() {
        return VARIANTS.with(Config.class);
    }

    @Override
    public Pyramid build(String variant, Config config, Node input, GraphBuilder g) {
        GraphBuilder stem = g.in("features", "init_block");
        Node at2 = PARTS.conv(input, biased(7, 64).stride(2), stem.in("conv1"));
        Node at4 = PARTS.chain("conv", 1, shrink(at2, g), List.of(biased(1, 64), biased(3, 192)), stem.in("conv2"));
        Node x = shrink(at4, g);
        List<Node> levels = new ArrayList<>();
        for (List<Module> stage : VARIANTS.get(variant)) {
            GraphBuilder scope = g.in("features", "stage" + (levels.size() + 1));
            for (int i = 0; i < stage.size(); i++) {
                x = module(x, stage.get(i), scope.in("unit" + (i + 1), "branches"));
            }
            levels.add(x);
        }
        return new Pyramid(levels, List.of(at2, at4));
    }

    /** With the maps of the stem, which pytorchcv does not count. */
    @Override
    public Pyramid dense(String variant, Config config, Pyramid pyramid, GraphBuilder g) {
        List<Node> levels = new ArrayList<>(pyramid.auxiliary());
        levels.addAll(pyramid.levels());
        return new Pyramid(levels);
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("output", features, classes);
    }

    private static Node module(Node x, Module m, GraphBuilder g) {
        int stride = m.shrinks() ? 2 : 1;
        List<Node> branches = new ArrayList<>();
        if (!m.shrinks()) {
            branches.add(PARTS.conv(x, biased(1, m.conv1()), branch(branches, g)));
        }
        for (List<Conv> convs : List.of(
                List.of(biased(1, m.r3()), biased(3, m.conv3()).stride(stride)),
                List.of(
                        biased(1, m.r33()),
                        biased(3, m.conv33()),
                        biased(3, m.conv33()).stride(stride)))) {
            branches.add(PARTS.chain("conv", 1, x, convs, branch(branches, g)));
        }
        return InceptionParts.join(branches, pool(x, m, branch(branches, g)), g);
    }

    private static Node pool(Node x, Module m, GraphBuilder g) {
        if (m.shrinks()) {
            return shrink(x, g);
        }
        Node pooled = m.max() ? g.maxPool(x, 3, 1, 1) : InceptionParts.averagePool(x, true, g);
        return PARTS.conv(pooled, biased(1, m.pool()), g.in("conv"));
    }

    private static GraphBuilder branch(List<Node> before, GraphBuilder g) {
        return g.in("branch" + (before.size() + 1));
    }

    /** Where pytorchcv pools without padding and rounds up, which does not fit its strided convolutions in odd maps. */
    private static Node shrink(Node x, GraphBuilder g) {
        return g.maxPool(x, new MaxPool(Size.of(3), Size.of(2), Padding.same(), false));
    }

    private static Conv biased(int kernel, int out) {
        return Conv.of(kernel, out).withBias();
    }
}
