package io.vertebra.graph.pass;

import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.plan.Program;
import io.vertebra.graph.plan.Unit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** Hand-made graphs of one output {@code y} over a picture of 16 channels and 8x8 cells. */
public final class ProgramsForTests {
    private static final Map<String, Shape> INPUTS = Map.of("input", Shape.of(2, 16, 8, 8));

    private ProgramsForTests() {}

    /** With this body. */
    public static Graph graph(BiFunction<GraphBuilder, Node, Node> body) {
        GraphBuilder g = new GraphBuilder();
        g.output("y", body.apply(g, g.image(16, 8, 8)));
        return g.build();
    }

    /** In inference form, a unit for each node. */
    public static Program inference(Graph graph) {
        return Program.of(Form.inference(graph, INPUTS));
    }

    /** Everything is trained, from the output {@code y}. */
    public static Program training(Graph graph) {
        Set<String> all = graph.parameters().stream()
                .filter(p -> p.isTrainable())
                .map(p -> p.name())
                .collect(Collectors.toSet());
        return training(graph, all);
    }

    /** Some parameters are trained, from the output {@code y}. */
    public static Program training(Graph graph, Set<String> trained) {
        return Program.of(Form.differentiated(graph, INPUTS, true, trained, Set.of("y"), false));
    }

    /** The names of the units, in order. */
    public static List<String> names(Program program) {
        return program.units().stream().map(Unit::name).toList();
    }
}
