package io.vertebra.graph.pass;

import static io.vertebra.graph.op.Activation.Function.LEAKY_RELU;
import static io.vertebra.graph.op.Activation.Function.RELU6;
import static io.vertebra.graph.op.Activation.Function.SIGMOID;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.plan.Program;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FuseActivationsTest {
    private static Graph convolution(Activation.Function function) {
        return ProgramsForTests.graph((g, x) -> g.activation(function, g.conv("conv", x, Conv.of(3, 16))));
    }

    private static List<String> fused(Graph graph, boolean training) {
        Program program = training ? ProgramsForTests.training(graph) : ProgramsForTests.inference(graph);
        return ProgramsForTests.names(FuseActivations.apply(program, (op, function) -> op instanceof Convolution));
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

    @ParameterizedTest
    @EnumSource(names = {"SILU", "HARD_SWISH", "HARD_SIGMOID", "GELU"})
    void anOperatorMayRecallTheArgument(Activation.Function function) {
        Graph graph = ProgramsForTests.graph((g, x) ->
                g.activation(function, g.batchNorm("bn", g.activation(function, g.conv("conv", x, Conv.of(3, 16))))));
        Program program = FuseActivations.apply(
                ProgramsForTests.training(graph), (op, f) -> true, (op, f) -> op instanceof BatchNorm && f == function);
        String name = function.name().toLowerCase(java.util.Locale.ROOT);
        assertThat(ProgramsForTests.names(program)).containsExactly("input", "conv", name, "bn+" + name);
    }

    @Test
    void forgetsTheArgumentWhereTheResultWillDo() {
        assertThat(fused(convolution(SIGMOID), true)).containsExactly("input", "conv+sigmoid");
        assertThat(fused(convolution(RELU6), true)).containsExactly("input", "conv+relu6");
        assertThat(fused(convolution(LEAKY_RELU), true)).containsExactly("input", "conv+leaky_relu");
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
    void theEngineSaysWhatAppliesWhat() {
        Graph graph = ProgramsForTests.graph((g, x) -> g.activation(
                SIGMOID,
                g.batchNorm("bn", g.relu(g.conv("b", g.relu(g.conv("a", x, Conv.of(1, 16))), Conv.of(1, 16))))));
        List<String> asked = new ArrayList<>();
        Program program = FuseActivations.apply(ProgramsForTests.inference(graph), (op, function) -> {
            asked.add(op.getClass().getSimpleName() + " " + function);
            return function == SIGMOID;
        });
        assertThat(asked).containsExactly("Convolution RELU", "Convolution RELU", "BatchNorm SIGMOID");
        assertThat(ProgramsForTests.names(program)).containsExactly("input", "a", "relu", "b", "relu_1", "bn+sigmoid");
    }
}
