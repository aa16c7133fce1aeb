package io.vertebra.graph.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Graph;
import io.vertebra.graph.plan.Program;
import org.junit.jupiter.api.Test;

class DropIdentitiesTest {
    private final Graph graph =
            ProgramsForTests.graph((g, x) -> g.dropout(g.relu(g.dropPath(g.dropout(x, 0.5), 0.1)), 0.2));

    @Test
    void removesThemInInferenceForm() {
        Program program = DropIdentities.apply(ProgramsForTests.inference(graph));
        assertThat(ProgramsForTests.names(program)).containsExactly("input", "relu");
        assertThat(program.units().get(1).inputs()).containsExactly(0);
        assertThat(program.outputs().get("y")).isEqualTo(program.units().get(1).output());
    }

    @Test
    void keepsThemInTrainingForm() {
        Program program = ProgramsForTests.training(graph);
        assertThat(DropIdentities.apply(program)).isEqualTo(program);
    }
}
