package io.vertebra.onednn.pass;

import static io.vertebra.graph.op.Activation.Function.RELU;
import static io.vertebra.graph.op.Activation.Function.RELU6;
import static io.vertebra.graph.op.Activation.Function.SIGMOID;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.pass.ProgramsForTests;
import io.vertebra.graph.plan.Program;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The list of passes, and what they are told of oneDNN. */
class PassesTest {

    private static Graph norm(Activation.Function function) {
        return ProgramsForTests.graph((g, x) -> g.activation(function, g.batchNorm("bn", g.maxPool(x, 2, 2, 0))));
    }

    private static List<String> run(Graph graph, boolean training) {
        Program program = training ? ProgramsForTests.training(graph) : ProgramsForTests.inference(graph);
        return ProgramsForTests.names(Passes.run(program.form()));
    }

    @Test
    void normsApplyReluOnly() {
        assertThat(run(norm(RELU), true)).containsExactly("input", "max_pool", "bn+relu");
        assertThat(run(norm(RELU), false)).containsExactly("input", "max_pool", "bn+relu");
        assertThat(run(norm(RELU6), true)).containsExactly("input", "max_pool", "bn", "relu6");
    }

    @Test
    void sumsAndLinearLayersApplyThem() {
        Graph graph = ProgramsForTests.graph((g, x) ->
                g.relu(g.linear("fc", g.globalAveragePool(g.relu(g.add(g.maxPool(x, 3, 1, 1), x))), 4)));
        assertThat(run(graph, true))
                .containsExactly("input", "max_pool", "add+relu", "adaptive_average_pool", "flatten", "fc+relu");
    }

    /** As in Inception-ResNet. */
    @Test
    void sumsWithAFactorApplyThem() {
        Graph graph = ProgramsForTests.graph((g, x) -> g.relu(g.scaledAdd(g.maxPool(x, 3, 1, 1), 0.1, x)));
        assertThat(run(graph, true)).containsExactly("input", "max_pool", "scaled_add+relu");
    }

    @Test
    void poolsApplyNone() {
        Graph graph = ProgramsForTests.graph((g, x) -> g.relu(g.maxPool(x, 2, 2, 0)));
        assertThat(run(graph, false)).containsExactly("input", "max_pool", "relu");
    }

    @Test
    void aBlockOfInferenceIsTwoConvolutions() {
        Graph graph = ProgramsForTests.graph((g, x) -> {
            Node shortcut = g.conv("a", g.dropout(x, 0.5), Conv.of(1, 16));
            Node inner = g.activation(SIGMOID, g.batchNorm("bn", g.conv("b", shortcut, Conv.of(3, 16))));
            return g.relu(g.add(g.conv("c", inner, Conv.of(3, 16)), shortcut));
        });
        assertThat(run(graph, false)).containsExactly("input", "a", "b+bn+sigmoid", "c+add+relu");
    }
}
