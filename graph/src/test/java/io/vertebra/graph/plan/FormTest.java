package io.vertebra.graph.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.Shape;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FormTest {
    private static final Map<String, Shape> INPUTS = Map.of("input", Shape.of(1, 4, 6, 6));

    /** a → b → y, and a → side, an output of its own. */
    private static Graph graph() {
        GraphBuilder g = new GraphBuilder();
        Node a = g.conv("a", g.image(4, 6, 6), Conv.of(1, 4));
        g.output("y", g.relu(g.conv("b", a, Conv.of(1, 4))));
        g.output("side", g.conv("side", a, Conv.of(1, 4)));
        return g.build();
    }

    private static List<String> needing(Set<String> trained, Set<String> roots, boolean ofInputs) {
        Graph graph = graph();
        Form form = Form.differentiated(graph, INPUTS, true, trained, roots, ofInputs);
        return graph.nodes().stream()
                .filter(n -> form.needsGradient(n.index()))
                .map(Node::name)
                .toList();
    }

    @Test
    void differentiatesBetweenTheLowestTrainedAndTheRoots() {
        assertThat(needing(Set.of("a.weight"), Set.of("y"), false)).containsExactly("a", "b", "relu");
        assertThat(needing(Set.of("b.weight"), Set.of("y"), false)).containsExactly("b", "relu");
        assertThat(needing(Set.of("b.weight"), Set.of("y", "side"), false)).containsExactly("b", "relu");
        assertThat(needing(Set.of("a.weight"), Set.of("side"), false)).containsExactly("a", "side");
        assertThat(needing(Set.of(), Set.of("y"), true)).containsExactly("input", "a", "b", "relu");
        assertThat(needing(Set.of(), Set.of("y"), false)).isEmpty();
    }

    @Test
    void normsUseRunningStatisticsInInferenceAndWhenFrozen() {
        Form inference = Form.inference(graph(), INPUTS);
        Form training = Form.differentiated(graph(), INPUTS, true, Set.of(), Set.of("y"), false);
        BatchNorm norm = new BatchNorm(1e-5, 0.1, false, 1);
        BatchNorm frozen = new BatchNorm(1e-5, 0.1, true, 1);
        assertThat(inference.usesRunningStatistics(norm)).isTrue();
        assertThat(training.usesRunningStatistics(norm)).isFalse();
        assertThat(training.usesRunningStatistics(frozen)).isTrue();
    }
}
