package io.vertebra.graph.contract;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.reference.Form;
import io.vertebra.graph.reference.Gradients;
import io.vertebra.graph.reference.Pass;
import io.vertebra.graph.reference.ReferenceInterpreter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Every set of outputs of a network gives the same values: what is an output must outlive its last use, and may not be
 * written over by a sum, an activation or a join that would otherwise work in place.
 */
final class OutputsContract {
    private static final List<String> CANDIDATES =
            List.of("pool", "block.0", "block.1", "inverted", "joined", "logits");
    private static final Shape IMAGE = Shape.of(2, 3, 12, 11);

    private OutputsContract() {}

    private static Graph network() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.relu(convNorm(g, "stem", g.image(3, 12, 11), Conv.of(3, 16)));
        x = g.maxPool(x, 3, 2, 1);
        g.output("pool", x);
        for (int i = 0; i < 2; i++) {
            Node y = g.relu(convNorm(g, "a" + i, x, Conv.of(3, 16)));
            x = g.relu(g.add(convNorm(g, "b" + i, y, Conv.of(3, 16)), x));
            g.output("block." + i, x);
        }
        Node y = g.relu6(convNorm(g, "expand", x, Conv.of(1, 32)));
        y = g.relu6(convNorm(g, "depthwise", y, Conv.of(3, 32).groups(32)));
        x = g.add(x, convNorm(g, "project", y, Conv.of(1, 16)));
        g.output("inverted", x);
        x = g.concat(x, g.relu(g.conv("beside", x, Conv.of(3, 8).withBias())));
        g.output("joined", x);
        g.output("logits", g.linear("fc", g.globalAveragePool(x), 5));
        return g.build();
    }

    private static Node convNorm(GraphBuilder g, String name, Node x, Conv conv) {
        return g.batchNorm(name + ".bn", g.conv(name + ".conv", x, conv));
    }

    private static List<String[]> sets() {
        List<String[]> sets = new ArrayList<>();
        for (int bits = 1; bits < 1 << CANDIDATES.size(); bits++) {
            int set = bits;
            sets.add(CANDIDATES.stream()
                    .filter(name -> (set >> CANDIDATES.indexOf(name) & 1) == 1)
                    .toArray(String[]::new));
        }
        return sets;
    }

    private static Parameters parameters(Graph graph) {
        return Fill.parameters(graph, Precision.FP32, new SplittableRandom(11));
    }

    private static Batch batch(Graph graph) {
        return Fill.batch(graph, IMAGE, Precision.FP32, new SplittableRandom(12));
    }

    static void givesTheSameForEverySetOfOutputs(Engine engine, Precision precision) {
        Graph whole = network();
        Parameters parameters = parameters(whole);
        Pass expected = ReferenceInterpreter.of(whole, parameters).forward(batch(whole), Form.INFERENCE);
        for (String[] names : sets()) {
            Graph graph = whole.withOutputs(names);
            try (Session session = engine.open(graph, parameters, Options.inference(precision))) {
                compare(names, precision, session.evaluate(batch(graph)), expected);
            }
        }
    }

    static void givesTheGradientsOfEverySetOfOutputs(Engine engine, Precision precision) {
        Graph whole = network();
        Parameters parameters = parameters(whole);
        for (String[] names : sets()) {
            Graph graph = whole.withOutputs(names);
            Map<String, Tensor.Floats> outputGradients = new LinkedHashMap<>();
            Pass pass = ReferenceInterpreter.of(graph, parameters).forward(batch(graph), Form.TRAINING);
            SplittableRandom random = new SplittableRandom(13);
            for (String name : names) {
                outputGradients.put(name, Fill.normal(pass.output(name).shape(), precision, random));
            }
            Gradients expected = pass.backwardOf(outputGradients);
            try (Session session = engine.open(graph, parameters, Options.gradients(precision, true))) {
                Outputs outputs = session.gradients(batch(graph), outputGradients);
                compare(names, precision, outputs, pass);
                double[] wanted = expected.value(graph.node("input")).data();
                // bf16 turns the signs of some values before the nine ReLUs, and changes the winners of windows
                double allowed = (Tolerance.isCoarse(precision) ? 0.5 : 1e-4) * Agreement.length(wanted);
                Agreement.length(
                        List.of(names) + " grad.input",
                        outputs.get("grad.input").data(),
                        wanted,
                        allowed);
            }
        }
    }

    private static void compare(String[] names, Precision precision, Outputs actual, Pass expected) {
        double tolerance = Tolerance.isCoarse(precision) ? 4e-2 : 2e-5;
        for (String name : names) {
            double[] wanted = expected.output(name).data();
            double allowed = tolerance * Agreement.largest(wanted);
            Agreement.largest(List.of(names) + " " + name, actual.get(name).data(), wanted, allowed);
        }
    }
}
