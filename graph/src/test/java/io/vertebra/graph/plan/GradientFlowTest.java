package io.vertebra.graph.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation.Function;
import io.vertebra.graph.op.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tensors are sentences that say how a gradient came to be. */
class GradientFlowTest {
    private static final Map<String, Shape> SHAPES = Map.of("input", Shape.of(1, 2, 4, 4));

    private final Graph graph = residual();
    private final List<String> lowered = new ArrayList<>();

    /** input → a; a → b; a + b. */
    private static Graph residual() {
        GraphBuilder g = new GraphBuilder();
        Node a = g.conv("a", g.image(2, 4, 4), Conv.of(1, 2));
        g.output("sum", g.add(a, g.activation(Function.TANH, a)));
        return g.build();
    }

    private GradientFlow<String> flow(boolean ofInputs) {
        Form form = Form.differentiated(graph, SHAPES, false, Set.of("a.weight"), Set.of("sum"), ofInputs);
        return new GradientFlow<>(
                Program.of(form), (value, part) -> part + "@" + name(value), (unit, x, y) -> "(" + x + "+" + y + ")");
    }

    private String name(int value) {
        return graph.nodes().get(value).name();
    }

    private List<GradientFlow.Backward<String>> backwards() {
        List<GradientFlow.Backward<String>> all = new ArrayList<>();
        for (Node node : graph.nodes()) {
            all.add(gradient -> {
                lowered.add(node.name());
                return Arrays.asList(node.inputs().stream()
                        .map(input -> node.op().kind() + "(" + gradient + ")")
                        .toArray(String[]::new));
            });
        }
        return all;
    }

    @Test
    void lowersEachUnitOnceItsGradientIsComplete() {
        GradientFlow<String> flow = flow(true);
        int sum = graph.output("sum").index();
        flow.contribute(sum, "1");
        flow.run(backwards());
        String whole = "1@" + name(sum);
        String tanh = name(graph.output("sum").inputs().get(1).index());
        String complete = "(add(" + whole + ")@a+activation(add(" + whole + ")@" + tanh + ")@a)";
        assertThat(flow.of(graph.node("a").index())).isEqualTo(complete);
        assertThat(flow.of(graph.node("input").index())).isEqualTo("convolution(" + complete + ")@input");
        assertThat(lowered).containsExactly(name(sum), tanh, "a", "input");
    }

    @Test
    void dropsWhatNothingNeeds() {
        GradientFlow<String> flow = flow(false);
        flow.contribute(graph.output("sum").index(), null);
        flow.run(backwards());
        assertThat(lowered).isEmpty();
        flow.contribute(graph.output("sum").index(), "1");
        flow.run(backwards());
        assertThat(flow.of(graph.node("input").index())).isNull();
        assertThat(lowered).doesNotContain("input").contains("a");
    }

    @Test
    void anAddendGetsTheLastOfTheGradients() {
        Form form = Form.differentiated(graph, SHAPES, false, Set.of("a.weight"), Set.of("sum"), false);
        Program whole = Program.of(form);
        int sum = graph.output("sum").index();
        Unit tanh = whole.units().get(2);
        Unit fused = tanh.withAddend(graph.node("a").index(), sum, null);
        Program program = whole.with(List.of(whole.units().get(0), whole.units().get(1), fused));
        GradientFlow<String> flow = new GradientFlow<>(program, (value, part) -> part, (unit, x, y) -> x + "+" + y);
        flow.contribute(sum, "1");
        flow.run(List.of(g -> List.of(), g -> Arrays.asList((String) null), g -> List.of("through", "beside")));
        assertThat(flow.of(graph.node("a").index())).isEqualTo("through+beside");
    }
}
