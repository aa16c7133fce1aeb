package io.vertebra.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.contract.Cases;
import io.vertebra.graph.contract.OperatorCase;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.OpSamples;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.ScaledAdd;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class GraphJsonTest {
    private static final String SMALL = """
            {"format": 1, "nodes": [
            {"name":"input","op":"input","attributes":{"type":"F32","shape":{"extents":[-1,3,8,-1]}},"inputs":[]},
            {"name":"conv","op":"convolution","attributes":{"out":4,"kernel":{"height":3,"width":3},"stride":{"height":2,"width":2},"padding":{"kind":"explicit","top":1,"left":1,"bottom":1,"right":1},"dilation":{"height":1,"width":1},"groups":1,"bias":false,"initializer":{"kind":"kaiming_normal_fan_out"}},"inputs":[0]},
            {"name":"relu","op":"activation","attributes":{"function":"RELU"},"inputs":[1]},
            {"name":"add","op":"add","attributes":{},"inputs":[2,1]}
            ], "outputs": {"y":3,"x":2}}
            """;

    private static Graph small() {
        GraphBuilder g = new GraphBuilder();
        Node conv = g.conv("conv", g.image(3, 8, Shape.ANY), Conv.of(3, 4).stride(2));
        Node relu = g.relu(conv);
        g.output("y", g.add(relu, conv));
        g.output("x", relu);
        return g.build();
    }

    @Test
    void writesOneNodeALine() {
        assertThat(GraphJson.write(small())).isEqualTo(SMALL);
    }

    @Test
    void readsWhatItWrote() {
        Graph graph = GraphJson.read(SMALL);
        assertSame(graph, small());
        assertThat(graph.outputs().keySet()).containsExactly("y", "x");
    }

    /** As before sums had factors. */
    @Test
    void readsDifferencesThatWereOperators() {
        String text = SMALL.replace("\"op\":\"add\"", "\"op\":\"subtract\"");
        Graph graph = GraphJson.read(text);
        assertThat(graph.output("y").op()).isEqualTo(new ScaledAdd(-1));
        assertThat(GraphJson.write(graph))
                .isEqualTo(SMALL.replace(
                        "\"op\":\"add\",\"attributes\":{}", "\"op\":\"scaled_add\",\"attributes\":{\"factor\":-1.0}"));
    }

    @Test
    void keepsWhoseParametersANodeUses() {
        GraphBuilder g = new GraphBuilder();
        Node conv = g.in("head").conv("conv", g.image(3, 8, 8), Conv.of(3, 3));
        g.output("y", g.again(conv, conv));
        Graph graph = g.build();
        String json = GraphJson.write(graph);
        assertThat(json)
                .contains("{\"name\":\"head.conv\",\"op\"")
                .contains("{\"name\":\"head.conv_1\",\"parameters\":\"head.conv\",\"op\"");
        Graph read = GraphJson.read(json);
        assertSame(read, graph);
        assertThat(read.node("head.conv_1").parameter("weight")).isEqualTo("head.conv.weight");
        String other = json.replace("\"parameters\":\"head.conv\",", "");
        assertThat(GraphJson.read(other).parameters()).hasSize(2);
    }

    static Stream<Op> samples() {
        return OpSamples.all().stream().filter(op -> !(op instanceof Input));
    }

    /** Every operator with every alternative of its attributes. */
    @ParameterizedTest
    @MethodSource("samples")
    void keepsEveryOperator(Op op) {
        GraphBuilder g = new GraphBuilder();
        List<Node> inputs = new ArrayList<>();
        Node map = g.image(6, 9, 9);
        switch (op.kind()) {
            case "linear" -> inputs.add(g.flatten(map));
            case "softmax_cross_entropy" ->
                inputs.addAll(List.of(g.globalAveragePool(map), g.input("labels", DataType.I32, Shape.of(Shape.ANY))));
            case "softmax_dice" ->
                inputs.addAll(List.of(map, g.input("labels", DataType.I32, Shape.of(Shape.ANY, 9, 9))));
            case "hard_negative_cross_entropy", "sigmoid_focal" ->
                inputs.addAll(List.of(g.mapRows(map, 3), anchors(g, 2)));
            case "box_smooth_l1" -> {
                Node boxes = g.mapRows(g.concat(map, map), 4);
                inputs.addAll(List.of(boxes, boxes, anchors(g, 3)));
            }
            case "roi_align" -> {
                inputs.addAll(Collections.nCopies(op.arity() - 1, map));
                inputs.add(g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5)));
            }
            case "roi_pool" -> inputs.addAll(List.of(map, g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5))));
            case "region_proposals" -> {
                RegionProposals proposals = (RegionProposals) op;
                int anchors = 81 * (proposals.perCell(0) + proposals.perCell(1));
                inputs.add(g.input("objectness", DataType.F32, Shape.of(Shape.ANY, anchors, 1)));
                inputs.add(g.input("encodings", DataType.F32, Shape.of(Shape.ANY, anchors, 4)));
                inputs.add(g.input("sizes", DataType.F32, Shape.of(Shape.ANY, 2)));
                inputs.addAll(List.of(map, map, map));
            }
            case "region_samples", "region_labels", "region_targets" -> {
                inputs.add(g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5)));
                inputs.add(g.input("truths", DataType.F32, Shape.of(Shape.ANY, Shape.ANY, 4)));
                inputs.add(g.input("truth_labels", DataType.I32, Shape.of(Shape.ANY, Shape.ANY)));
            }
            case "region_smooth_l1" -> {
                inputs.add(g.linear("boxes", g.flatten(map), 12));
                inputs.add(g.input("targets", DataType.F32, Shape.of(Shape.ANY, 4)));
                inputs.add(g.input("labels", DataType.I32, Shape.of(Shape.ANY)));
            }
            case "weighted_sum" -> {
                Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
                Node loss = g.softmaxCrossEntropy(g.flatten(map), labels, new SoftmaxCrossEntropy(0, -100));
                inputs.addAll(List.of(loss, loss, loss));
            }
            case "add", "concat", "multiply", "resize", "scaled_add" -> inputs.addAll(List.of(map, map));
            default -> inputs.add(map);
        }
        g.output("y", g.named("op", op, inputs.toArray(Node[]::new)));
        Graph graph = g.build();
        Graph read = GraphJson.read(GraphJson.write(graph));
        assertThat(read.output("y").op()).isEqualTo(op);
        assertSame(read, graph);
    }

    private static Node anchors(GraphBuilder g, int perCell) {
        return g.input("anchor_labels", DataType.I32, Shape.of(Shape.ANY, perCell * 9 * 9));
    }

    @Test
    void theSamplesHaveEveryKindOfPaddingAndInitializer() {
        String all = OpSamples.all().toString();
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(6, 9, 9);
        samples()
                .filter(op -> op.kind().equals("convolution"))
                .forEach(op -> g.output(op.toString(), g.named(op.toString(), op, x)));
        String json = GraphJson.write(g.build());
        assertThat(json).contains("\"kind\":\"same\"", "\"kind\":\"explicit\"");
        for (Class<?> type : Initializer.class.getPermittedSubclasses()) {
            assertThat(all).contains(type.getSimpleName() + "[");
        }
        assertThat(Arrays.stream(Padding.class.getPermittedSubclasses()).map(Class::getSimpleName))
                .containsExactlyInAnyOrder("Explicit", "Same");
    }

    @Test
    void keepsEveryGraphOfTheContract() {
        for (OperatorCase one : Cases.all()) {
            assertSame(GraphJson.read(GraphJson.write(one.graph())), one.graph());
        }
    }

    private static void assertSame(Graph actual, Graph expected) {
        assertThat(GraphJson.write(actual)).isEqualTo(GraphJson.write(expected));
        assertThat(actual).hasToString(expected.toString());
        for (Node node : expected.nodes()) {
            Node other = actual.nodes().get(node.index());
            assertThat(other.op()).isEqualTo(node.op());
            assertThat(other.scope()).isEqualTo(node.scope());
            assertThat(other.shape()).isEqualTo(node.shape());
            assertThat(other.reduction()).isEqualTo(node.reduction());
        }
        assertThat(actual.parameters()).isEqualTo(expected.parameters());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`\"format\": 1` | `\"format\": 2` | `format: is 2, this version reads 1`",
                "`\"format\": 1, ` | `` | `format: is missing, this version reads 1`",
                "`\"op\":\"add\"` | `\"op\":\"java.lang.Runtime\"` | `add: has the unknown operator \"java.lang.Runtime\"`",
                "`\"inputs\":[2,1]` | `\"inputs\":[2,7]` | `add: names the node 7, there are 3 before it`",
                "`\"inputs\":[2,1]` | `\"inputs\":[3,1]` | `add: names the node 3, there are 3 before it`",
                "`\"inputs\":[2,1]` | `\"inputs\":[-1,1]` | `add: names the node -1, there are 3 before it`",
                "`\"inputs\":[2,1]` | `\"inputs\":[\"2\",1]` | `add: names the node \"2\", there are 3 before it`",
                "`\"inputs\":[2,1]` | `\"inputs\":[2]` | `add: add: cannot take 1 inputs`",
                "`\"inputs\":[2,1]` | `\"inputs\":[2,1,0]` | `add: add: cannot take 3 inputs`",
                "`\"inputs\":[2,1]` | `\"inputs\":[2,0]` | `add: add: the shapes differ: (?, 4, 4, ?) and (?, 3, 8, ?)`",
                "`\"y\":3` | `\"y\":4` | `outputs.y: names the node 4, there are 4 before it`",
                "`\"y\":3,\"x\":2` | `` | `a graph needs an output`",
                "`\"out\":4` | `\"out\":0` | `conv: out: must be at least 1, is 0`",
                "`\"name\":\"relu\"` | `\"name\":\"conv\"` | `conv: is the name of two nodes`",
            })
    void refusesWhatIsNoGraph(String part, String wrong, String message) {
        assertThat(SMALL).contains(part);
        String text = SMALL.replace(part, wrong == null ? "" : wrong);
        assertThatThrownBy(() -> GraphJson.read(text))
                .isInstanceOf(GraphException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`\"groups\":1,` | ``",
                "`\"groups\":1,` | `\"groups\":null,`",
                "`\"groups\":1,` | `\"groups\":1,\"size\":3,`",
                "`\"RELU\"` | `\"LEAKY\"`",
                "`\"kind\":\"explicit\"` | `\"kind\":\"java.lang.Object\"`",
                "`\"kind\":\"kaiming_normal_fan_out\"` | `\"kind\":\"unknown\"`",
                "`]}}` | `]`",
                "`{\"format\"` | `[`",
                "`\"bias\":false` | `\"bias\":true,\"initialBias\":null`",
                "`\"bias\":false` | `\"bias\":true,\"initialBias\":\"much\"`",
            })
    void refusesWhatIsNoJsonOfAnOperator(String part, String wrong) {
        assertThat(SMALL).contains(part);
        String text = SMALL.replace(part, wrong == null ? "" : wrong);
        assertThatThrownBy(() -> GraphJson.read(text))
                .isInstanceOf(GraphException.class)
                .hasMessageStartingWith("graph: is not JSON of a graph: ");
    }
}
