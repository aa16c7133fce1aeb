package io.vertebra.backbones;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Size;
import java.util.List;

/**
 * LeNet-5 in today's form, for gray pictures of 32×32: C3 sees all of S2, pools have nothing to train, tanh is not scaled,
 * and the output is linear. The paper's own has 60,000 trained values, this one 61,706.
 *
 * <p>Layers are named as in the paper; other sizes of pictures are averaged to the grid that F5 takes.
 *
 * @see <a href="http://yann.lecun.com/exdb/publis/pdf/lecun-98.pdf">LeCun et al. 1998</a>, figure 2
 */
public final class LeNet implements BackboneFamily<LeNet.Config> {

    private record Variant(int c1, int c3, int f5, int f6) {}

    private static final Variants<Variant> VARIANTS = Variants.of("lenet5", new Variant(6, 16, 120, 84));

    private static final int GRID = 5;

    /**
     * Options.
     *
     * @param outputStride 4, its own
     * @param activation in place of tanh
     * @param inChannels channels of the picture, 1 if nothing is said
     */
    public record Config(Integer outputStride, Activation.Function activation, Integer inChannels)
            implements BackboneConfig {
        /** Fills in and checks. */
        public Config {
            outputStride = BackboneConfig.checkedStride(
                    outputStride, List.of(4), "a network for 32x32 pictures shrinks them no further");
            inChannels = BackboneConfig.checkedChannels(inChannels == null ? 1 : inChannels);
        }
    }

    @Override
    public FamilyTable<Config> table() {
        return VARIANTS.with(Config.class);
    }

    @Override
    public Pyramid build(String variant, Config config, Node input, GraphBuilder g) {
        Variant v = VARIANTS.get(variant);
        Node s2 = halved(tanh(g.conv("c1", input, valid(v.c1())), g), g);
        Node s4 = halved(tanh(g.conv("c3", s2, valid(v.c3())), g), g);
        return new Pyramid(List.of(s2, s4));
    }

    @Override
    public Node features(String variant, Config config, Pyramid pyramid, GraphBuilder g) {
        Variant v = VARIANTS.get(variant);
        Node x = g.flatten(g.adaptiveAveragePool(pyramid.last(), Size.of(GRID)));
        return tanh(g.linear("f6", tanh(g.linear("f5", x, v.f5()), g), v.f6()), g);
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("output", features, classes);
    }

    private static Conv valid(int out) {
        return Conv.of(5, out).padding(Padding.none()).withBias().initializer(new Initializer.Uniform(1));
    }

    private static Node tanh(Node x, GraphBuilder g) {
        return g.activation(Activation.Function.TANH, x);
    }

    private static Node halved(Node x, GraphBuilder g) {
        return g.averagePool(x, new AveragePool(Size.of(2), Size.of(2), Padding.none(), false, true));
    }
}
