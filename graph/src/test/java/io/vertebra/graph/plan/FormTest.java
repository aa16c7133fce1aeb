package io.vertebra.graph.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.contract.Cases;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.MapRows;
import io.vertebra.graph.op.RegionSmoothL1;
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
    void onlyPicturesAmongTheInputsAreDifferentiated() {
        GraphBuilder g = new GraphBuilder();
        Node other = g.input("other", DataType.F32, Shape.of(Shape.ANY, 4, 6, 6));
        Node both = g.add(g.image(4, 6, 6), other);
        g.output("y", both);
        Graph graph = g.build();
        Map<String, Shape> inputs = Map.of("input", Shape.of(1, 4, 6, 6), "other", Shape.of(1, 4, 6, 6));
        Form form = Form.differentiated(graph, inputs, false, Set.of(), Set.of("y"), true);
        assertThat(graph.nodes().stream()
                        .filter(n -> form.needsGradient(n.index()))
                        .map(Node::name))
                .containsExactlyInAnyOrder("input", "add");
    }

    @Test
    void aValueThatNoUnitGivesIsAFault() {
        Program program = Program.of(Form.inference(graph(), INPUTS));
        assertThat(program.producer(1).output()).isEqualTo(1);
        assertThatThrownBy(() -> program.producer(-1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no unit gives value -1");
    }

    /** Regions come from what is trained, and lead to what is differentiated, but pass nothing back. */
    @Test
    void nothingFlowsBackThroughRegions() {
        Graph graph = Cases.named("two stages").graph();
        Map<String, Shape> inputs =
                Cases.named("two stages").batch(Precision.FP32).shapes();
        Set<String> rpn = Set.of("rpn.class.weight", "rpn.box.weight");
        Form second = Form.differentiated(graph, inputs, true, rpn, Set.of("loss.class", "loss.box"), true);
        Form first = Form.differentiated(graph, inputs, true, rpn, Set.of("loss.rpn_class"), false);
        for (Node node : graph.nodes()) {
            boolean isFirst = node.name().startsWith("rpn") || node.op() instanceof MapRows;
            boolean isRegion = node.op().kind().startsWith("region_") && !(node.op() instanceof RegionSmoothL1);
            if (isFirst || isRegion) {
                assertThat(second.needsGradient(node.index())).as(node.name()).isFalse();
            }
        }
        assertThat(second.needsGradient(graph.node("fpn.0").index())).isTrue();
        assertThat(second.needsGradient(graph.node("input").index())).isTrue();
        assertThat(first.needsGradient(graph.node("rpn.class_1").index())).isTrue();
        assertThat(first.needsGradient(graph.node("fpn.0").index())).isFalse();
        assertThat(first.needsGradient(graph.output("proposals").index())).isFalse();
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
