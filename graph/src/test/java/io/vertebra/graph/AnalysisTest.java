package io.vertebra.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.op.Activation.Function;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AnalysisTest {

    /** ResNet-18 as torchvision has it; every stage's last value is an output. */
    private static Graph resnet18() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.relu(g.batchNorm(
                "bn1", g.conv("conv1", g.image(3, 224, 224), Conv.of(7, 64).stride(2))));
        g.output("conv1", x);
        x = g.maxPool(x, 3, 2, 1);
        g.output("maxpool", x);
        for (int stage = 1; stage <= 4; stage++) {
            for (int block = 0; block < 2; block++) {
                int stride = stage > 1 && block == 0 ? 2 : 1;
                x = basicBlock(g.in("layer" + stage, block), x, 32 << stage, stride);
            }
            g.output("layer" + stage, x);
        }
        g.output("logits", g.linear("fc", g.globalAveragePool(x), 1000));
        return g.build();
    }

    private static Node basicBlock(GraphBuilder g, Node x, int out, int stride) {
        Node y = g.relu(g.batchNorm("bn1", g.conv("conv1", x, Conv.of(3, out).stride(stride))));
        y = g.batchNorm("bn2", g.conv("conv2", y, Conv.of(3, out)));
        Node shortcut = stride == 1
                ? x
                : g.batchNorm(
                        "downsample.1",
                        g.conv("downsample.0", x, Conv.of(1, out).stride(stride)));
        return g.relu(g.add(y, shortcut));
    }

    @Test
    void knowsWhatResNet18Sees() {
        Graph graph = resnet18();
        Analysis analysis = Analysis.of(graph, Shape.of(1, 3, 224, 224));
        // the published receptive fields of its layers
        Map<String, Integer> published =
                Map.of("conv1", 7, "maxpool", 11, "layer1", 43, "layer2", 99, "layer3", 211, "layer4", 435);
        published.forEach((name, side) ->
                assertThat(analysis.receptiveField(graph.output(name))).as(name).isEqualTo(Size.of(side)));
        // the mean of 7 x 7 cells, 32 pixels apart
        assertThat(analysis.receptiveField(graph.output("logits"))).isEqualTo(Size.of(435 + 6 * 32));
    }

    @Test
    void countsWhatResNet18Costs() {
        Graph graph = resnet18();
        Analysis analysis = Analysis.of(graph, Shape.of(1, 3, 224, 224));
        assertThat(analysis.macs()).isEqualTo(1_814_073_344L); // torchvision: 1.81 G
        assertThat(graph.parameterCount()).isEqualTo(11_689_512); // torchvision
        assertThat(analysis.macs(graph.node("conv1"))).isEqualTo(64L * 147 * 112 * 112);
        assertThat(analysis.macs(graph.node("fc"))).isEqualTo(512_000);
        assertThat(Analysis.of(graph, Shape.of(3, 3, 224, 224)).macs()).isEqualTo(3 * 1_814_073_344L);
        assertThat(analysis.shape(graph.output("layer3"))).isEqualTo(Shape.of(1, 256, 14, 14));
    }

    @Test
    void looksAtHeightAndWidthApart() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.conv("a", g.image(1, 20, 20), Conv.of(new Size(1, 7), 1).dilation(2));
        x = g.maxPool(x, new io.vertebra.graph.op.MaxPool(new Size(3, 1), Size.of(2), Padding.none(), false));
        Node y = g.conv("b", x, Conv.of(3, 1));
        g.output("y", y);
        Analysis analysis = Analysis.of(g.build(), Shape.of(1, 1, 20, 20));
        assertThat(analysis.receptiveField(y)).isEqualTo(new Size(1 + 2 + 2 * 2, 13 + 2 * 2));
    }

    @Test
    void takesTheWidestWayThroughAnAdd() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(1, 20, 20);
        Node wide = g.conv("wide", x, Conv.of(5, 1));
        Node narrow = g.conv("narrow", x, Conv.of(3, 1));
        Node first = g.add(wide, narrow);
        Node second = g.add(narrow, wide);
        g.output("first", first);
        g.output("second", second);
        Analysis analysis = Analysis.of(g.build(), Shape.of(1, 1, 20, 20));
        assertThat(analysis.receptiveField(first)).isEqualTo(Size.of(5));
        assertThat(analysis.receptiveField(second)).isEqualTo(Size.of(5));
        assertThat(analysis.receptiveField(x)).isEqualTo(Size.of(1));
    }

    @Test
    void seesTheLargestBinOfAGridAndAWholeFlattenedMap() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(1, 5, 9);
        Node bins = g.adaptiveAveragePool(x, new Size(3, 4));
        Node vector = g.linear("fc", g.flatten(x), 2);
        g.output("bins", bins);
        g.output("vector", vector);
        Analysis analysis = Analysis.of(g.build(), Shape.of(1, 1, 5, 9));
        // 3 bins of 5: [0, 2), [1, 4), [3, 5), where 4 would have 2 each; 4 of 9: [0, 3), [2, 5), [4, 7), [6, 9)
        assertThat(analysis.receptiveField(bins)).isEqualTo(new Size(3, 3));
        assertThat(analysis.receptiveField(vector)).isEqualTo(new Size(5, 9));
    }

    @Test
    void seesBinsOfHeightAndWidthApart() {
        GraphBuilder g = new GraphBuilder();
        Node bins = g.adaptiveAveragePool(g.image(1, 9, 9), new Size(3, 2));
        g.output("bins", bins);
        Analysis analysis = Analysis.of(g.build(), Shape.of(1, 1, 9, 9));
        assertThat(analysis.receptiveField(bins)).isEqualTo(new Size(3, 5));
    }

    @Test
    void sizesLabelsByTheBatch() {
        GraphBuilder g = new GraphBuilder();
        Node logits = g.flatten(g.image(4, 1, 1));
        Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
        g.output("loss", g.softmaxCrossEntropy(logits, labels, new SoftmaxCrossEntropy(0, -100)));
        Graph graph = g.build();
        Analysis analysis = Analysis.of(graph, Shape.of(6, 4, 1, 1));
        assertThat(analysis.shape(graph.node("labels"))).isEqualTo(Shape.of(6));
        assertThat(analysis.shape(graph.output("loss"))).isEqualTo(Shape.of());
    }

    @Test
    void sizesTruthOfUnknownSize() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(4, Shape.ANY, Shape.ANY);
        Node labels = g.input("seg.labels", DataType.I32, Shape.of(Shape.ANY, Shape.ANY, Shape.ANY));
        Node classes = g.input("cls.labels", DataType.I32, Shape.of(Shape.ANY));
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(0, 255);
        Node small = g.conv("conv", x, Conv.of(3, 4).stride(4));
        Node large = g.resize(small, x, Resize.Filter.BILINEAR, false);
        Node pixels = g.softmaxCrossEntropy(large, labels, loss);
        Node pictures = g.softmaxCrossEntropy(g.globalAveragePool(small), classes, loss);
        g.output("loss", g.weightedSum(List.of(pixels, pictures), List.of(1.0, 1.0)));
        Graph graph = g.build();
        Analysis analysis = Analysis.of(graph, Shape.of(3, 4, 13, 18));
        assertThat(analysis.shape(graph.node("seg.labels"))).isEqualTo(Shape.of(3, 13, 18));
        assertThat(analysis.shape(graph.node("cls.labels"))).isEqualTo(Shape.of(3));
        assertThat(analysis.shape(graph.node("resize"))).isEqualTo(Shape.of(3, 4, 13, 18));
        assertThat(analysis.shape(graph.output("loss"))).isEqualTo(Shape.of());
    }

    @Test
    void doesNotSeeThroughWhatOnlyLendsItsSize() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(1, 40, 40);
        Node narrow = g.conv("narrow", x, Conv.of(3, 1).stride(2));
        Node wide = g.conv("wide", x, Conv.of(31, 1).padding(Padding.of(15)).stride(4));
        Node bilinear = g.resize(narrow, wide, Resize.Filter.BILINEAR, false);
        Node nearest = g.resize(narrow, wide, Resize.Filter.NEAREST, false);
        Node next = g.conv("next", bilinear, Conv.of(3, 1));
        g.output("bilinear", bilinear);
        g.output("nearest", nearest);
        g.output("next", next);
        Analysis analysis = Analysis.of(g.build(), Shape.of(1, 1, 40, 40));
        // two cells of the narrow map, 2 pixels apart
        assertThat(analysis.receptiveField(bilinear)).isEqualTo(Size.of(3 + 2));
        assertThat(analysis.receptiveField(nearest)).isEqualTo(Size.of(3));
        // three of its own cells, 4 pixels apart as those of the wide map
        assertThat(analysis.receptiveField(next)).isEqualTo(Size.of(5 + 2 * 4));
        assertThat(analysis.receptiveField(wide)).isEqualTo(Size.of(31));
    }

    @Test
    void aGateSeesTheWholeMap() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.conv("a", g.image(4, 16, 24), Conv.of(3, 4).stride(2));
        Node gate = g.activation(Function.SIGMOID, g.conv("fc", g.adaptiveAveragePool(x, Size.of(1)), Conv.of(1, 4)));
        Node excited = g.multiply(x, gate);
        Node other = g.multiply(g.activation(Function.TANH, x), x);
        Node next = g.conv("next", excited, Conv.of(3, 4));
        g.output("excited", excited);
        g.output("other", other);
        g.output("next", next);
        Analysis analysis = Analysis.of(g.build(), Shape.of(1, 4, 16, 24));
        // all 8 x 12 cells of 3 pixels, 2 pixels apart
        assertThat(analysis.receptiveField(excited)).isEqualTo(new Size(3 + 7 * 2, 3 + 11 * 2));
        assertThat(analysis.receptiveField(other)).isEqualTo(Size.of(3));
        // the product is of the map's size, not of the gate's
        assertThat(excited.reduction()).isEqualTo(2);
        assertThat(analysis.receptiveField(next)).isEqualTo(new Size(3 + 9 * 2, 3 + 13 * 2));
        assertThat(analysis.shape(excited)).isEqualTo(Shape.of(1, 4, 8, 12));
    }

    @Test
    void countsProductsNormsAndPartsInTheMemory() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.layerNorm("norm", g.image(4, 2, 3), 1e-6);
        Node excited = g.multiply(x, g.activation(Function.SIGMOID, g.adaptiveAveragePool(x, Size.of(1))));
        g.output("y", g.channelShuffle(g.in("ls").layerScale(g.slice(excited, 0, 2), 1), 2));
        Analysis analysis = Analysis.of(g.build(), Shape.of(1, 4, 2, 3));
        // elements: input 24, norm 24, gate 4, product 24, slice 12, scale 12, shuffle 12; parameters 8 + 2
        // alive at the product: norm, gate and product
        assertThat(analysis.inferenceBytes(4)).isEqualTo((24 + 4 + 24 + 10) * 4);
        assertThat(analysis.trainingBytes(4)).isEqualTo((112 + 2 * 24) * 4 + 10 * (12 + 8));
    }

    /** (1, 2, 4, 4) → conv of 8 channels → relu → conv of 4 → its sum with a 1x1 conv of the relu. */
    private static Graph small() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.relu(g.conv("a", g.image(2, 4, 4), Conv.of(1, 8)));
        Node y = g.conv("b", x, Conv.of(1, 4));
        Node z = g.conv("c", x, Conv.of(1, 4).withBias());
        g.output("y", g.flatten(g.add(y, z)));
        return g.build();
    }

    @Test
    void estimatesTheMemoryOfInference() {
        // elements: input 32, a 128 (relu lies in it), b 64, c 64, add 64 (flatten lies in it)
        // alive at the widest point, c: a, b and c = 256; parameters 16 + 32 + 32 + 4 = 84
        assertThat(Analysis.of(small(), Shape.of(1, 2, 4, 4)).inferenceBytes(4)).isEqualTo((256 + 84) * 4);
        assertThat(Analysis.of(small(), Shape.of(1, 2, 4, 4)).inferenceBytes(2)).isEqualTo((256 + 84) * 2);
        assertThat(Analysis.of(small(), Shape.of(3, 2, 4, 4)).inferenceBytes(4)).isEqualTo((3 * 256 + 84) * 4);
    }

    @Test
    void keepsOutputsAliveInTheEstimate() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.conv("a", g.image(1, 4, 4), Conv.of(1, 1));
        Node relu = g.relu(x);
        g.output("early", relu);
        Node y = g.conv("c", g.conv("b", relu, Conv.of(1, 1)), Conv.of(1, 1));
        g.output("late", y);
        // at the last: early, b and c; before: early and two others at the most; 16 cells each, 3 weights
        assertThat(Analysis.of(g.build(), Shape.of(1, 1, 4, 4)).inferenceBytes(4))
                .isEqualTo((3 * 16 + 3) * 4);
    }

    @Test
    void estimatesTheMemoryOfTraining() {
        // kept: input 32 + a 128 + b 64 + c 64 + add 64 = 352, two gradients of 128; 84 parameters
        assertThat(Analysis.of(small(), Shape.of(1, 2, 4, 4)).trainingBytes(4))
                .isEqualTo((352 + 256) * 4 + 84 * (12 + 8));
        assertThat(Analysis.of(small(), Shape.of(1, 2, 4, 4)).trainingBytes(2))
                .isEqualTo((352 + 256) * 2 + 84 * (12 + 4));
    }

    /** The value of the others tells their slope. */
    @ParameterizedTest
    @EnumSource(Function.class)
    void trainingKeepsTheArgumentsOfFunctionsThatTurn(Function function) {
        GraphBuilder g = new GraphBuilder();
        g.output("y", g.activation(function, g.conv("a", g.image(1, 2, 2), Conv.of(1, 3))));
        Analysis analysis = Analysis.of(g.build(), Shape.of(1, 1, 2, 2));
        int beside =
                EnumSet.of(Function.SILU, Function.HARD_SWISH, Function.GELU).contains(function) ? 12 : 0;
        // input 4, a 12, two gradients of 12; 3 weights
        assertThat(analysis.trainingBytes(4)).isEqualTo((4 + 12 + beside + 24) * 4 + 3 * (12 + 8));
        assertThat(analysis.inferenceBytes(4)).isEqualTo((4 + 12 + 3) * 4);
    }
}
