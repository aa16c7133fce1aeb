package io.vertebra.onednn.pass;

import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Shape;
import io.vertebra.onednn.plan.Form;
import io.vertebra.onednn.plan.Program;
import io.vertebra.onednn.plan.Unit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** Hand-made graphs of one output {@code y} over a picture of 16 channels and 8x8 cells. */
final class ProgramsForTests {
    private static final Map<String, Shape> INPUTS = Map.of("input", Shape.of(2, 16, 8, 8));

    private ProgramsForTests() {}

    static Graph graph(BiFunction<GraphBuilder, Node, Node> body) {
        GraphBuilder g = new GraphBuilder();
        g.output("y", body.apply(g, g.image(16, 8, 8)));
        return g.build();
    }

    static Program inference(Graph graph) {
        return Program.of(Form.inference(graph, INPUTS));
    }

    /** Everything is trained, from the output {@code y}. */
    static Program training(Graph graph) {
        Set<String> all = graph.parameters().stream()
                .filter(p -> p.isTrainable())
                .map(p -> p.name())
                .collect(Collectors.toSet());
        return training(graph, all);
    }

    static Program training(Graph graph, Set<String> trained) {
        return Program.of(Form.differentiated(graph, INPUTS, true, trained, Set.of("y"), false));
    }

    static List<String> names(Program program) {
        return program.units().stream().map(Unit::name).toList();
    }
}
