package io.vertebra.graph.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import org.junit.jupiter.api.Test;

class SlicesTest {
    private final Graph graph = ProgramsForTests.graph((g, x) -> {
        Node a = g.conv("a", x, Conv.of(1, 16));
        Node pool = g.maxPool(x, 3, 1, 1);
        Node b = g.conv("b", x, Conv.of(3, 32));
        return g.concat(a, pool, b);
    });

    @Test
    void convolutionsWriteIntoTheirPlaces() {
        int whole = graph.node("concat").index();
        assertThat(Slices.of(ProgramsForTests.inference(graph)))
                .hasSize(2)
                .containsEntry(graph.node("a").index(), new Slices.Slice(whole, 0))
                .containsEntry(graph.node("b").index(), new Slices.Slice(whole, 32));
    }

    @Test
    void notWhereGradientsFlow() {
        assertThat(Slices.of(ProgramsForTests.training(graph))).isEmpty();
    }

    @Test
    void notWhereThePartIsSeenElsewhere() {
        Graph seen = ProgramsForTests.graph((g, x) -> {
            Node a = g.conv("a", x, Conv.of(1, 16));
            return g.concat(a, g.relu(a));
        });
        assertThat(Slices.of(ProgramsForTests.inference(seen))).isEmpty();
    }
}
