package io.vertebra.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Size;
import org.junit.jupiter.api.Test;

/** What a convolution is asked for, and which operator that makes. */
class ConvTest {

    @Test
    void convolutionsKeepTheSizeUnlessToldOtherwise() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(6, 8, 8);
        Initializer usual = new Initializer.KaimingNormalFanOut();
        assertThat(g.conv("a", x, Conv.of(3, 4)).op())
                .isEqualTo(new Convolution(4, Size.of(3), Size.of(1), Padding.of(1), Size.of(1), 1, false, usual));
        Initializer normal = new Initializer.Normal(0.01);
        Conv all = Conv.of(new Size(5, 3), 6)
                .stride(2)
                .dilation(3)
                .groups(3)
                .withBias()
                .initializer(normal);
        Convolution expected = new Convolution(
                6, new Size(5, 3), Size.of(2), new Padding.Explicit(6, 3, 6, 3), Size.of(3), 3, true, normal);
        assertThat(g.conv("b", x, all).op()).isEqualTo(expected);
        assertThat(((Convolution) g.conv("c", x, all.padding(Padding.of(9))).op()).padding())
                .isEqualTo(Padding.of(9));
        // whatever the order of the words; the bias starts at what was said
        Conv other = Conv.of(new Size(5, 3), 6)
                .padding(Padding.of(7))
                .initializer(normal)
                .withBias()
                .groups(3)
                .dilation(3)
                .stride(2);
        assertThat(other).isEqualTo(all.padding(Padding.of(7)));
        Conv biased = Conv.of(new Size(5, 3), 6)
                .withBias(-1.5)
                .padding(Padding.of(7))
                .initializer(normal)
                .groups(3)
                .dilation(3)
                .stride(2);
        Node start = g.conv("d", x, biased);
        assertThat(((Convolution) start.op()).initialBias()).isEqualTo(-1.5);
        assertThat(biased).isNotEqualTo(other);
        g.output("y", start);
        assertThat(Parameters.initialize(g.build(), 1).get("d.bias"))
                .containsOnly(-1.5f)
                .hasSize(6);
    }
}
