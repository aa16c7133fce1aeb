package io.vertebra.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GraphTest {

    private static Graph twoHeads() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.relu(g.batchNorm("bn", g.conv("conv", g.image(3, Shape.ANY, 8), Conv.of(3, 4))));
        g.output("b", g.linear("fc", g.globalAveragePool(x), 1200));
        g.output("a", x);
        return g.build();
    }

    @Test
    void isInTopologicalOrder() {
        Graph graph = twoHeads();
        for (Node node : graph.nodes()) {
            assertThat(graph.nodes().get(node.index())).isSameAs(node);
            assertThat(node.inputs())
                    .allMatch(i -> i.index() < node.index() && graph.nodes().contains(i));
        }
        assertThat(graph.inputs()).extracting(Node::name).containsExactly("input");
        assertThat(graph.outputs())
                .containsExactly(Map.entry("b", graph.node("fc")), Map.entry("a", graph.node("relu")));
    }

    @Test
    void countsWhatIsTrained() {
        Graph graph = twoHeads();
        assertThat(graph.parameters())
                .extracting(p -> p.name())
                .containsExactly(
                        "conv.weight",
                        "bn.weight",
                        "bn.bias",
                        "bn.running_mean",
                        "bn.running_var",
                        "fc.weight",
                        "fc.bias");
        assertThat(graph.parameterCount()).isEqualTo(108 + 4 + 4 + 4800 + 1200);
    }

    @Test
    void countsSharedParametersOnce() {
        GraphBuilder g = new GraphBuilder();
        Node conv = g.conv("conv", g.image(4, 8, 8), Conv.of(3, 4).withBias());
        Node norm = g.batchNorm("bn", g.again(conv, conv));
        g.output("y", g.again(norm, norm));
        Graph graph = g.build();
        assertThat(graph.parameters())
                .extracting(p -> p.name())
                .containsExactly(
                        "conv.weight", "conv.bias", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var");
        assertThat(graph.parameterCount()).isEqualTo(144 + 4 + 8);
        Graph second = graph.withOutputs("y");
        assertThat(second.node("conv_1").scope()).isEqualTo("conv");
        assertThat(second.parameters()).isEqualTo(graph.parameters());
    }

    @Test
    void sharersAgreeOnTheirParameters() {
        GraphBuilder g = new GraphBuilder();
        Node conv = g.conv("head.conv", g.image(4, 8, 8), Conv.of(3, 6));
        g.output("y", g.again(conv, conv));
        assertThatThrownBy(g::build)
                .isInstanceOf(GraphException.class)
                .hasMessage("head.conv_1: shares head.conv.weight of (6, 4, 3, 3) as (6, 6, 3, 3)");
    }

    @Test
    void theWayToAnOutputHoldsTheOutputsThatLieOnIt() {
        Graph graph = middle();
        Graph part = graph.upTo("pooled");
        assertThat(part.outputs().keySet()).containsExactly("pooled", "same", "map");
        assertThat(part.nodes()).hasSize(5).extracting(Node::name).doesNotContain("fc", "fc_1");
        assertThat(graph.upTo("logits")).isSameAs(graph);
        assertThatThrownBy(() -> graph.upTo("fc")).hasMessageStartingWith("fc: is no output");
    }

    @Test
    void sharersAreTheSameOperator() {
        GraphBuilder g = new GraphBuilder();
        Node norm = g.layerNorm("norm", g.image(4, 8, 8), 1e-6);
        g.output("y", g.again(norm, norm));
        String json = GraphJson.write(g.build());
        String other = json.replaceFirst("1.0E-6(.*norm_1)", "1.0E-5$1").replaceFirst("(norm_1.*)1.0E-6", "$11.0E-5");
        assertThat(other).isNotEqualTo(json);
        assertThatThrownBy(() -> GraphJson.read(other))
                .isInstanceOf(GraphException.class)
                .hasMessageStartingWith(
                        "norm_1: shares norm of LayerNorm[epsilon=1.0E-6] as LayerNorm[epsilon=1.0E-5]");
    }

    /** A map, a value of it under two names, and what is made of that. */
    private static Graph middle() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.relu(g.conv("conv", g.image(3, Shape.ANY, 8), Conv.of(3, 4)));
        Node pooled = g.globalAveragePool(x);
        g.output("pooled", pooled);
        g.output("same", pooled);
        Node fc = g.linear("fc", pooled, 4);
        g.output("logits", g.again(fc, fc));
        g.output("map", x);
        return g.build();
    }

    @Test
    void beginsBehindAnOutput() {
        Graph graph = middle();
        Graph part = graph.cut("pooled").withOutputs("logits");
        assertThat(part.nodes()).extracting(Node::name).containsExactly("pooled", "fc", "fc_1");
        assertThat(part.node("pooled").op()).isEqualTo(new Input(DataType.F32, Shape.of(Shape.ANY, 4)));
        assertThat(part.node("fc_1").scope()).isEqualTo("fc");
        assertThat(part.parameters()).extracting(p -> p.name()).containsExactly("fc.weight", "fc.bias");
        assertThat(part.shapes(Map.of("pooled", Shape.of(3, 4)))).containsOnly(Shape.of(3, 4));
        Graph whole = graph.cut("pooled");
        assertThat(whole.outputs().keySet()).containsExactly("logits", "map");
        assertThat(whole.output("map").name()).isEqualTo("relu");
        assertThat(whole.inputs()).extracting(Node::name).containsExactlyInAnyOrder("input", "pooled");
        assertThat(graph.nodes()).hasSize(7);
        assertThatThrownBy(() -> graph.cut("fc")).hasMessage("fc: is no output; there are pooled, same, logits, map");
    }

    @Test
    void theNameOfACutIsNoOtherNodes() {
        GraphBuilder g = new GraphBuilder();
        Node conv = g.conv("conv", g.image(3, 8, 8), Conv.of(3, 4));
        Node named = g.relu(conv);
        g.output("conv", named);
        g.output("y", g.add(named, conv));
        Graph graph = g.build();
        assertThatThrownBy(() -> graph.cut("conv"))
                .isInstanceOf(GraphException.class)
                .hasMessage("conv: is the name of two nodes");
        GraphBuilder own = new GraphBuilder();
        Node y = own.conv("conv", own.image(3, 8, 8), Conv.of(3, 4));
        own.output("conv", y);
        own.output("z", own.relu(y));
        assertThat(own.build().cut("conv").nodes()).extracting(Node::name).containsExactly("conv", "relu");
    }

    @Test
    void infersTheShapesOfABatch() {
        Graph graph = twoHeads();
        List<Shape> shapes = graph.shapes(Map.of("input", Shape.of(2, 3, 6, 8)));
        assertThat(shapes.get(graph.output("a").index())).isEqualTo(Shape.of(2, 4, 6, 8));
        assertThat(shapes.get(graph.output("b").index())).isEqualTo(Shape.of(2, 1200));
        assertThat(shapes).hasSameSizeAs(graph.nodes());
    }

    @Test
    void infersTheShapesOfOnePicture() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.conv("conv", g.image(3, Shape.ANY, Shape.ANY), Conv.of(3, 4).stride(2));
        Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
        Node logits = g.linear("fc", g.globalAveragePool(x), 5);
        g.output("loss", g.softmaxCrossEntropy(logits, labels, new SoftmaxCrossEntropy(0, -100)));
        Graph graph = g.build();
        assertThat(graph.shapes(new Size(6, 9)))
                .isEqualTo(graph.shapes(Map.of("input", Shape.of(1, 3, 6, 9), "labels", Shape.of(1))));
    }

    @Test
    void aPictureHasOneObject() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(3, Shape.ANY, Shape.ANY);
        Node rois = g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5));
        Node truths = g.input("truths", DataType.F32, Shape.of(Shape.ANY, Shape.ANY, 4));
        Node labels = g.input("truth_labels", DataType.I32, Shape.of(Shape.ANY, Shape.ANY));
        g.output("samples", g.apply(new RegionSamples(7, 0.5, 0.5), rois, truths, labels));
        g.output("map", g.relu(x));
        Graph graph = g.build();
        assertThat(graph.shapes(new Size(6, 9)))
                .contains(Shape.of(1, 1, 4), Shape.of(1, 1), Shape.of(7, 5), Shape.of(1, 3, 6, 9));
        Analysis analysis = Analysis.of(graph, Shape.of(2, 3, 6, 9));
        assertThat(analysis.shape(truths)).isEqualTo(Shape.of(2, 1, 4));
        assertThat(analysis.shape(labels)).isEqualTo(Shape.of(2, 1));
        assertThat(analysis.shape(graph.output("samples"))).isEqualTo(Shape.of(14, 5));
    }

    @Test
    void isImmutable() {
        Graph graph = twoHeads();
        for (List<?> list : List.of(
                graph.nodes(),
                graph.inputs(),
                graph.parameters(),
                graph.node("conv").inputs(),
                graph.shapes(Map.of("input", Shape.of(2, 3, 6, 8))))) {
            assertThatThrownBy(() -> list.remove(0)).isInstanceOf(UnsupportedOperationException.class);
        }
        List<Node> inputs = new java.util.ArrayList<>(graph.inputs());
        Node node = new Node(1, "relu", "relu", new Activation(Activation.Function.RELU), inputs);
        inputs.clear();
        assertThat(node.inputs()).hasSize(1);
    }

    @Test
    void refusesShapesThatDoNotFit() {
        Graph graph = twoHeads();
        for (Shape bad : List.of(
                Shape.of(2, 3, 6, 9),
                Shape.of(2, 4, 6, 8),
                Shape.of(2, 3, 6),
                Shape.of(2, 3, 6, 8, 1),
                Shape.of(Shape.ANY, 3, 6, 8),
                Shape.of(0, 3, 6, 8),
                Shape.of(2, 3, 0, 8))) {
            assertThatThrownBy(() -> graph.shapes(Map.of("input", bad)))
                    .isInstanceOf(GraphException.class)
                    .hasMessage("input: has the shape " + bad + ", the model wants (?, 3, ?, 8)");
        }
        assertThatThrownBy(() -> graph.shapes(Map.of())).hasMessage("input: is an input that was not given");
    }

    @Test
    void saysWhichNodeDoesNotFitABatch() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(3, Shape.ANY, Shape.ANY);
        g.output("y", g.add(x, g.in("branch").maxPool(x, 3, 2, 1)));
        Graph graph = g.build();
        assertThat(graph.shapes(Map.of("input", Shape.of(1, 3, 1, 1)))).contains(Shape.of(1, 3, 1, 1));
        assertThatThrownBy(() -> graph.shapes(Map.of("input", Shape.of(1, 3, 4, 4))))
                .isInstanceOfSatisfying(
                        GraphException.class, e -> assertThat(e.position()).isEqualTo("add"))
                .hasMessage("add: add: the shapes differ: (1, 3, 4, 4) and (1, 3, 2, 2)");
    }

    @Test
    void findsNodesAndOutputsByName() {
        Graph graph = twoHeads();
        assertThat(graph.node("bn").op().kind()).isEqualTo("batch_norm");
        assertThatThrownBy(() -> graph.node("bn2")).hasMessage("bn2: is no node of this graph");
        assertThatThrownBy(() -> graph.output("c")).hasMessage("c: is no output; there are b, a");
        assertThatThrownBy(() -> graph.outputs().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void leavesOutWhatOtherOutputsNeed() {
        Graph graph = twoHeads();
        Graph features = graph.withOutputs("a");
        assertThat(features.nodes()).extracting(Node::name).containsExactly("input", "conv", "bn", "relu");
        assertThat(features.outputs()).containsOnlyKeys("a");
        assertThat(graph.withOutputs("a", "b").outputs().keySet()).containsExactly("a", "b");
        assertThat(graph.outputs().keySet()).containsExactly("b", "a");
        assertThatThrownBy(() -> graph.withOutputs("c")).hasMessage("c: is no output; there are b, a");
        assertThatThrownBy(graph::withOutputs).hasMessage("a graph needs an output");
    }

    @Test
    void mayNameOneNodeTwice() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.relu(g.input("x", DataType.F32, Shape.of(Shape.ANY, 3)));
        g.output("first", x);
        g.output("second", x);
        Graph graph = g.build();
        assertThat(graph.output("first")).isSameAs(graph.output("second"));
    }

    @Test
    void isPrintedAsATable() {
        String nl = System.lineSeparator();
        assertThat(twoHeads().toString())
                .isEqualTo(String.join(
                        nl,
                        "   0  input                  input                  (?, 3, ?, 8)                         <- ",
                        "   1  conv                   convolution            (?, 4, ?, 8)                    108  <- input",
                        "   2  bn                     batch_norm             (?, 4, ?, 8)                      8  <- conv",
                        "   3  relu                   activation             (?, 4, ?, 8)                         <- bn",
                        "   4  adaptive_average_pool  adaptive_average_pool  (?, 4, 1, 1)                         <- relu",
                        "   5  flatten                flatten                (?, 4)                               <- adaptive_average_pool",
                        "   6  fc                     linear                 (?, 1200)                     6,000  <- flatten",
                        "output b = fc (?, 1200)",
                        "output a = relu (?, 4, ?, 8)",
                        ""));
    }
}
