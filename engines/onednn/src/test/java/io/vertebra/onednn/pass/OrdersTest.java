package io.vertebra.onednn.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.pass.FuseResizeLoss;
import io.vertebra.graph.pass.ProgramsForTests;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.plan.Program;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrdersTest {
    private static Orders of(Graph graph, int block) {
        return Orders.of(ProgramsForTests.inference(graph), block);
    }

    @Test
    void blocksTheTrunkAndKeepsPicturesAndVectorsPlain() {
        Graph graph = ProgramsForTests.graph((g, x) ->
                g.linear("fc", g.globalAveragePool(g.conv("conv", x, Conv.of(3, 24))), 5));
        Orders orders = of(graph, 16);
        assertThat(orders.of(graph.node("input").index())).isEqualTo(Order.PLAIN);
        assertThat(orders.of(graph.node("conv").index())).isEqualTo(Order.BLOCKED);
        assertThat(orders.of(graph.node("flatten").index())).isEqualTo(Order.PLAIN);
        assertThat(of(graph, 1).of(graph.node("conv").index())).isEqualTo(Order.NHWC);
    }

    @Test
    void joinsAtOddChannelsLieChannelsLast() {
        Graph graph = ProgramsForTests.graph((g, x) -> g.concat(
                g.concat(g.conv("a", x, Conv.of(1, 32)), g.conv("b", x, Conv.of(1, 24))),
                g.conv("c", x, Conv.of(1, 8))));
        Orders sixteen = of(graph, 16);
        assertThat(sixteen.of(graph.node("concat").index())).isEqualTo(Order.BLOCKED);
        assertThat(sixteen.of(graph.node("concat_1").index())).isEqualTo(Order.NHWC);
        assertThat(of(graph, 8).of(graph.node("concat_1").index())).isEqualTo(Order.BLOCKED);
    }

    @Test
    void logitsLossesAndPicturesAreAlwaysSingle() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(16, 8, 8);
        Node map = g.conv("map", g.conv("conv", x, Conv.of(1, 16)), Conv.of(1, 4));
        Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY, 8, 8));
        Node first = g.softmaxCrossEntropy(map, labels, new SoftmaxCrossEntropy(0, -100));
        g.output("loss", g.add(first, first));
        g.output("logits", g.linear("fc", g.globalAveragePool(x), 3));
        Graph graph = g.build();
        Form form = Form.inference(graph, Map.of("input", Shape.of(2, 16, 8, 8), "labels", Shape.of(2, 8, 8)));
        Orders orders = Orders.of(Program.of(form), 16);
        assertThat(orders.of(graph.node("map").index())).isEqualTo(Order.NHWC);
        for (String single : new String[] {"input", "map", "softmax_cross_entropy", "add", "fc"}) {
            assertThat(orders.isAlwaysSingle(graph.node(single).index()))
                    .as(single)
                    .isTrue();
        }
        for (String other : new String[] {"conv", "flatten", "labels"}) {
            assertThat(orders.isAlwaysSingle(graph.node(other).index()))
                    .as(other)
                    .isFalse();
        }
    }

    @Test
    void aLinearLayerBeforeAnotherIsNotSingle() {
        Graph graph = ProgramsForTests.graph((g, x) -> g.linear("b", g.linear("a", g.globalAveragePool(x), 8), 4));
        Orders orders = of(graph, 16);
        assertThat(orders.isAlwaysSingle(graph.node("a").index())).isFalse();
        assertThat(orders.isAlwaysSingle(graph.node("b").index())).isTrue();
    }

    @Test
    void predictionsAreSingleAndLieChannelsLastWhereTheyBecomeRows() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.conv("trunk", g.image(16, 8, 8), Conv.of(3, 32));
        Node classes = g.conv("classes", x, Conv.of(3, 12).withBias());
        Node boxes = g.conv("boxes", x, Conv.of(3, 16).withBias());
        Node map = g.conv("map", x, Conv.of(1, 5).withBias());
        Node rows = g.mapRows(classes, 3);
        g.output("class_logits", g.concat(rows, g.mapRows(classes, 3)));
        g.output("boxes", g.mapRows(boxes, 4));
        g.output("map", map);
        g.output("features", g.conv("last", x, Conv.of(1, 8)));
        Graph graph = g.build();
        Orders orders = of(graph, 16);
        for (Node node : new Node[] {classes, boxes}) {
            assertThat(orders.of(node.index())).as(node.name()).isEqualTo(Order.NHWC);
        }
        for (Node node : new Node[] {classes, boxes, map, rows}) {
            assertThat(orders.isAlwaysSingle(node.index())).as(node.name()).isTrue();
        }
        assertThat(orders.of(map.index())).isEqualTo(Order.BLOCKED);
        assertThat(orders.of(rows.index())).isEqualTo(Order.PLAIN);
        assertThat(orders.isAlwaysSingle(graph.node("last").index())).isFalse();
        assertThat(orders.isAlwaysSingle(x.index())).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"false, BLOCKED", "true, NHWC"})
    void logitsThatALossEnlargesForItselfStayInBlocks(boolean largeIsAnOutput, Order ofWhatTheLossReads) {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(16, 8, 8);
        Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY, 8, 8));
        Node logits = g.conv("logits", x, Conv.of(1, 5).stride(2).withBias());
        Node large = g.resize(logits, x, Resize.Filter.BILINEAR, false);
        g.output("loss", g.softmaxCrossEntropy(large, labels, new SoftmaxCrossEntropy(0, 255)));
        if (largeIsAnOutput) {
            g.output("large", large);
        }
        Form form = Form.inference(g.build(), Map.of("input", Shape.of(2, 16, 8, 8), "labels", Shape.of(2, 8, 8)));
        Orders orders = Orders.of(FuseResizeLoss.apply(Program.of(form)), 16);
        assertThat(orders.of((largeIsAnOutput ? large : logits).index())).isEqualTo(ofWhatTheLossReads);
        assertThat(orders.isAlwaysSingle(logits.index())).isTrue();
    }
}
