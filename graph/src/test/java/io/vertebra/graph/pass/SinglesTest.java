package io.vertebra.graph.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.contract.Cases;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.RegionLabels;
import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.op.RegionSmoothL1;
import io.vertebra.graph.op.RegionTargets;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.plan.Program;
import io.vertebra.graph.plan.Unit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SinglesTest {

    private static List<String> singles(Graph graph, Map<String, Shape> inputs) {
        Singles singles = Singles.of(Program.of(Form.inference(graph, inputs)));
        return graph.nodes().stream()
                .filter(n -> singles.contains(n.index()))
                .map(Node::name)
                .toList();
    }

    /** Proposals read what two convolutions say, through rows; the head behind them is of the engine's precision. */
    @Test
    void whatRegionsAreMadeOfIsFp32() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(3, 8, 8);
        Node trunk = g.relu(g.conv("trunk", x, Conv.of(3, 4)));
        Node logits = g.conv("logits", trunk, Conv.of(1, 1).withBias());
        Node codes = g.conv("codes", trunk, Conv.of(1, 4).withBias());
        Node half = g.maxPool(trunk, 2, 2, 0);
        Node proposals = g.apply(
                new RegionProposals(
                        List.of(List.of(4.0), List.of(8.0)), List.of(List.of(1.0), List.of(1.0)), 9, 5, 0.5, 0),
                g.concat(g.mapRows(logits, 1), g.mapRows(g.again(logits, half), 1)),
                g.concat(g.mapRows(codes, 4), g.mapRows(g.again(codes, half), 4)),
                g.input("sizes", DataType.F32, Shape.of(Shape.ANY, 2)),
                x,
                trunk,
                half);
        Node truths = g.input("truths", DataType.F32, Shape.of(Shape.ANY, 3, 4));
        Node truthLabels = g.input("truth_labels", DataType.I32, Shape.of(Shape.ANY, 3));
        Node samples = g.apply(new RegionSamples(4, 0.5, 0.5), proposals, truths, truthLabels);
        Node targets = g.apply(new RegionTargets(0.5, List.of(1.0, 1.0, 1.0, 1.0)), samples, truths, truthLabels);
        Node labels = g.apply(new RegionLabels(0.5), samples, truths, truthLabels);
        Node cut = g.roiAlign(trunk, samples, new RoiAlign(Size.of(1), 1, 1, false));
        Node boxes = g.linear("boxes", g.activation(Activation.Function.TANH, g.flatten(cut)), 8);
        g.output("loss", g.apply(new RegionSmoothL1(1), boxes, targets, labels));
        Map<String, Shape> inputs = new HashMap<>();
        inputs.put("input", Shape.of(2, 3, 8, 8));
        inputs.put("sizes", Shape.of(2, 2));
        inputs.put("truths", Shape.of(2, 3, 4));
        inputs.put("truth_labels", Shape.of(2, 3));
        assertThat(singles(g.build(), inputs))
                .containsExactlyInAnyOrder(
                        "input",
                        "logits",
                        "logits_1",
                        "map_rows",
                        "map_rows_1",
                        "concat",
                        "codes",
                        "codes_1",
                        "map_rows_2",
                        "map_rows_3",
                        "concat_1",
                        "sizes",
                        "truths",
                        "region_proposals",
                        "region_samples",
                        "region_targets",
                        "boxes",
                        "region_smooth_l1");
    }

    private static Arguments end(String ending, boolean isSingle, BiFunction<GraphBuilder, Node, Node> body) {
        return Arguments.of(ending, isSingle, ProgramsForTests.graph(body));
    }

    static Stream<Arguments> endings() {
        Conv biased = Conv.of(1, 16).withBias();
        return Stream.of(
                end("a convolution with bias", true, (g, x) -> g.conv("y", x, biased)),
                end("a convolution without", false, (g, x) -> g.conv("y", x, Conv.of(1, 16))),
                end("a norm", false, (g, x) -> g.batchNorm("bn", g.conv("y", x, biased))),
                end("an activation", false, (g, x) -> g.relu(g.conv("y", x, biased))),
                end("a linear layer", true, (g, x) -> g.linear("y", g.globalAveragePool(x), 5)),
                end("its activation", true, (g, x) -> g.relu(g.linear("y", g.globalAveragePool(x), 5))),
                end("rows", true, (g, x) -> g.mapRows(g.relu(x), 4)),
                end("a pool", false, (g, x) -> g.maxPool(g.conv("y", x, biased), 2, 2, 0)));
    }

    /** Numbers of classes leave the graph as they were computed, features in the engine's precision. */
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("endings")
    void predictionsThatLeaveTheGraphAreFp32(String ending, boolean isSingle, Graph graph) {
        Program program =
                FuseActivations.apply(FoldNorms.apply(ProgramsForTests.inference(graph)), (op, function) -> true);
        Singles singles = Singles.of(program);
        assertThat(singles.contains(graph.output("y").index())).as(ending).isEqualTo(isSingle);
        List<Unit> others = program.units().stream()
                .filter(u -> u.node().parameters().size() > 0
                        && u.output() != graph.output("y").index())
                .toList();
        assertThat(others)
                .allSatisfy(u -> assertThat(singles.contains(u.output())).isFalse());
    }

    @Test
    void lossesReadFp32() {
        Graph graph = Cases.named("pattern.classifier with loss").graph();
        assertThat(singles(graph, Map.of("input", Shape.of(2, 3, 8, 8), "labels", Shape.of(2))))
                .contains("input", "fc", "softmax_cross_entropy")
                .doesNotContain("labels", "relu");
    }
}
