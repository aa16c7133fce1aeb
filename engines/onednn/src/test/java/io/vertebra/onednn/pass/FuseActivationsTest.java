package io.vertebra.onednn.pass;

import static io.vertebra.graph.op.Activation.Function.RELU;
import static io.vertebra.graph.op.Activation.Function.RELU6;
import static io.vertebra.graph.op.Activation.Function.SIGMOID;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FuseActivationsTest {
    private static Graph convolution(Activation.Function function) {
        return ProgramsForTests.graph((g, x) -> g.activation(function, g.conv("conv", x, Conv.of(3, 16))));
    }

    private static Graph norm(Activation.Function function) {
        return ProgramsForTests.graph((g, x) -> g.activation(function, g.batchNorm("bn", g.maxPool(x, 2, 2, 0))));
    }

    private static List<String> fused(Graph graph, boolean training) {
        return ProgramsForTests.names(
                FuseActivations.apply(training ? ProgramsForTests.training(graph) : ProgramsForTests.inference(graph)));
    }

    @ParameterizedTest
    @EnumSource(Activation.Function.class)
    void convolutionsApplyEveryFunctionInInference(Activation.Function function) {
        String name = function.name().toLowerCase(java.util.Locale.ROOT);
        assertThat(fused(convolution(function), false)).containsExactly("input", "conv+" + name);
    }

    @ParameterizedTest
    @EnumSource(names = {"SILU", "HARD_SWISH", "HARD_SIGMOID", "GELU"})
    void keepsTheArgumentThatTheGradientNeeds(Activation.Function function) {
        String name = function.name().toLowerCase(java.util.Locale.ROOT);
        assertThat(fused(convolution(function), true)).containsExactly("input", "conv", name);
    }

    @Test
    void forgetsTheArgumentWhereTheResultWillDo() {
        assertThat(fused(convolution(SIGMOID), true)).containsExactly("input", "conv+sigmoid");
        assertThat(fused(convolution(RELU6), true)).containsExactly("input", "conv+relu6");
    }

    @Test
    void normsApplyReluOnly() {
        assertThat(fused(norm(RELU), true)).containsExactly("input", "max_pool", "bn+relu");
        assertThat(fused(norm(RELU), false)).containsExactly("input", "max_pool", "bn+relu");
        assertThat(fused(norm(RELU6), true)).containsExactly("input", "max_pool", "bn", "relu6");
    }

    @Test
    void sumsAndLinearLayersApplyThem() {
        Graph graph = ProgramsForTests.graph((g, x) ->
                g.relu(g.linear("fc", g.globalAveragePool(g.relu(g.add(g.maxPool(x, 3, 1, 1), x))), 4)));
        assertThat(fused(graph, true))
                .containsExactly("input", "max_pool", "add+relu", "adaptive_average_pool", "flatten", "fc+relu");
    }

    @Test
    void oneUnitTakesOneActivation() {
        Graph graph =
                ProgramsForTests.graph((g, x) -> g.activation(SIGMOID, g.relu(g.conv("conv", x, Conv.of(1, 16)))));
        assertThat(fused(graph, false)).containsExactly("input", "conv+relu", "sigmoid");
    }

    @Test
    void leavesAValueThatOthersRead() {
        Graph graph = ProgramsForTests.graph((g, x) -> {
            Node conv = g.conv("conv", x, Conv.of(1, 16));
            return g.add(g.relu(conv), conv);
        });
        assertThat(fused(graph, false)).containsExactly("input", "conv", "relu", "add");
    }

    @Test
    void poolsApplyNone() {
        Graph graph = ProgramsForTests.graph((g, x) -> g.relu(g.maxPool(x, 2, 2, 0)));
        assertThat(fused(graph, false)).containsExactly("input", "max_pool", "relu");
    }
}
