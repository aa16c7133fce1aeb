package io.vertebra.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Activation.Function;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.GroupNorm;
import io.vertebra.graph.op.LayerNorm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a user puts in place of a family's own norms and nonlinearities. */
class StyleTest {
    private static final Style GROUPS = new Style(true, null);

    private static GraphBuilder builder(Style style) {
        return new GraphBuilder().styled(style);
    }

    /** The largest power of two up to 32 that divides the channels. */
    @ParameterizedTest
    @CsvSource({"1, 1", "5, 1", "6, 2", "24, 8", "48, 16", "32, 32", "64, 32", "96, 32", "160, 32", "1000, 8"})
    void groupNormsHaveGroupsThatDivideTheChannels(int channels, int groups) {
        GraphBuilder g = builder(GROUPS);
        Node norm = g.batchNorm("norm", g.image(channels, 4, 4), new BatchNorm(1e-3, 0.01, false, 0.25));
        assertThat(norm.op()).isEqualTo(new GroupNorm(groups, 1e-3, 0.25));
        assertThat(norm.name()).isEqualTo("norm");
    }

    @Test
    void everyWayToABatchNormLeadsToAGroupNorm() {
        GraphBuilder g = builder(GROUPS);
        Node x = g.image(16, 4, 4);
        assertThat(g.batchNorm("a", x).op()).isEqualTo(new GroupNorm(16, 1e-5, 1));
        assertThat(g.batchNorm("b", x, 0).op()).isEqualTo(new GroupNorm(16, 1e-5, 0));
        assertThat(g.batchNorm("c", x, 1e-4, 0.5).op()).isEqualTo(new GroupNorm(16, 1e-4, 0.5));
        // other norms are what a family asks for
        assertThat(g.layerNorm("d", x, 1e-6).op()).isEqualTo(new LayerNorm(1e-6));
        assertThat(g.groupNorm("e", x, new GroupNorm(4, 1e-4, 1)).op()).isEqualTo(new GroupNorm(4, 1e-4, 1));
    }

    @Test
    void groupNormsTakeTheEpsilonOfTheConventions() {
        GraphBuilder g = new GraphBuilder(new Conventions(false, 1e-3, true)).styled(GROUPS);
        assertThat(g.batchNorm("norm", g.image(16, 4, 4)).op()).isEqualTo(new GroupNorm(16, 1e-3, 1));
    }

    @ParameterizedTest
    @EnumSource(Function.class)
    void everyNonlinearityButGatesIsReplaced(Function asked) {
        GraphBuilder g = builder(new Style(false, Function.SILU));
        boolean gate = asked == Function.SIGMOID || asked == Function.HARD_SIGMOID;
        assertThat(asked.isGate()).isEqualTo(gate);
        Node y = g.activation(asked, g.image(3, 4, 4));
        assertThat(y.op()).isEqualTo(new Activation(gate ? asked : Function.SILU));
        // the name is that of what is computed
        assertThat(y.name()).isEqualTo(gate ? asked.name().toLowerCase(java.util.Locale.ROOT) : "silu");
    }

    @Test
    void reluAndRelu6AreNonlinearitiesToo() {
        GraphBuilder g = builder(new Style(false, Function.GELU));
        Node x = g.image(3, 4, 4);
        assertThat(g.relu(x).op()).isEqualTo(new Activation(Function.GELU));
        assertThat(g.relu6(x).op()).isEqualTo(new Activation(Function.GELU));
        assertThat(g.batchNorm("norm", x).op()).isEqualTo(new BatchNorm(1e-5, 0.1, false, 1));
    }

    @Test
    void scopesKeepTheStyleAndTheBuilderItselfDoesNotChange() {
        GraphBuilder plain = new GraphBuilder();
        GraphBuilder styled = plain.in("a").styled(new Style(true, Function.SILU));
        Node x = plain.image(8, 4, 4);
        assertThat(styled.in("b").batchNorm("norm", x).op()).isEqualTo(new GroupNorm(8, 1e-5, 1));
        assertThat(styled.in("b").relu(x).name()).isEqualTo("a.b.silu");
        assertThat(plain.batchNorm("norm", x).op()).isInstanceOf(BatchNorm.class);
        assertThat(plain.relu(x).op()).isEqualTo(new Activation(Function.RELU));
        assertThat(styled.styled(Style.OWN).relu(x).op()).isEqualTo(new Activation(Function.RELU));
        assertThat(Style.OWN).isEqualTo(new Style(false, null));
    }
}
