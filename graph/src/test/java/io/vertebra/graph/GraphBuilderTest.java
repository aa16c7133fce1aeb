package io.vertebra.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.AdaptiveAveragePool;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.ChannelSelect;
import io.vertebra.graph.op.ChannelShuffle;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.DropPath;
import io.vertebra.graph.op.Dropout;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.GroupNorm;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.L2Norm;
import io.vertebra.graph.op.LayerNorm;
import io.vertebra.graph.op.LayerScale;
import io.vertebra.graph.op.Linear;
import io.vertebra.graph.op.LocalResponseNorm;
import io.vertebra.graph.op.MapRows;
import io.vertebra.graph.op.MaxPool;
import io.vertebra.graph.op.Multiply;
import io.vertebra.graph.op.Pad;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.RoiPool;
import io.vertebra.graph.op.ScaledAdd;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SigmoidFocal;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.op.Slice;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.op.WeightedSum;
import java.util.List;
import org.junit.jupiter.api.Test;

class GraphBuilderTest {

    @Test
    void namesByScopesAsAStateDict() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(3, 8, 8);
        GraphBuilder block = g.in("layer1", 0);
        Node conv = block.conv("conv1", x, Conv.of(3, 4));
        Node norm = block.in("downsample").batchNorm("1", conv);
        assertThat(x.name()).isEqualTo("input");
        assertThat(conv.name()).isEqualTo("layer1.0.conv1");
        assertThat(norm.name()).isEqualTo("layer1.0.downsample.1");
        assertThat(norm.parameters().get(2).name()).isEqualTo("layer1.0.downsample.1.running_mean");
        assertThat(block.relu(norm).name()).isEqualTo("layer1.0.relu");
        assertThat(block.relu(norm).name()).isEqualTo("layer1.0.relu_1");
        assertThat(block.relu(norm).name()).isEqualTo("layer1.0.relu_2");
        assertThat(g.relu(norm).name()).isEqualTo("relu");
        // inputs and outputs have no scope
        assertThat(block.input("labels", DataType.I32, Shape.of(Shape.ANY)).name())
                .isEqualTo("labels");
        block.output("y", norm);
        assertThat(g.outputs()).containsOnlyKeys("y");
    }

    @Test
    void refusesANameThatIsTaken() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(3, 8, 8);
        g.in("a").conv("b", x, Conv.of(3, 4));
        assertThatThrownBy(() -> g.conv("a.b", x, Conv.of(3, 4)))
                .isInstanceOf(GraphException.class)
                .hasMessage("a.b: is the name of two nodes");
        assertThatThrownBy(() -> g.image(3, 8, 8)).hasMessage("input: is the name of two nodes");
        g.output("y", x);
        assertThatThrownBy(() -> g.output("y", x)).hasMessage("y: is an output already");
        // the refused ones have left nothing behind
        assertThat(g.in("a").conv("c", x, Conv.of(3, 4)).index()).isEqualTo(2);
    }

    @Test
    void refusesNodesOfAnotherGraph() {
        GraphBuilder g = new GraphBuilder();
        g.relu(g.image(3, 8, 8));
        Node mine = g.relu(g.outputs().getOrDefault("none", g.input("x", DataType.F32, Shape.of(Shape.ANY, 3))));
        GraphBuilder other = new GraphBuilder();
        Node strange = other.image(3, 8, 8);
        assertThatThrownBy(() -> g.relu(strange)).hasMessage("input: is a node of another graph");
        // its number is the next one here, or one that is far away
        assertThatThrownBy(() -> new GraphBuilder().relu(strange)).hasMessage("input: is a node of another graph");
        assertThatThrownBy(() -> other.output("y", mine)).hasMessage("relu_1: is a node of another graph");
    }

    @Test
    void saysWhereAnAttributeIsWrong() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(3, 8, 8);
        assertThatThrownBy(
                        () -> g.in("layer1", 0).conv("conv1", x, Conv.of(3, 4).groups(2)))
                .isInstanceOfSatisfying(GraphException.class, e -> {
                    assertThat(e.position()).isEqualTo("layer1.0.conv1");
                    assertThat(e.reason()).isEqualTo("groups: 2 does not divide the 3 input channels");
                    assertThat(e).hasMessage("layer1.0.conv1: groups: 2 does not divide the 3 input channels");
                });
    }

    @Test
    void buildsOnlyWhatAnOutputNeeds() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(3, 8, 8);
        g.conv("unused", x, Conv.of(3, 4));
        Node y = g.conv("used", x, Conv.of(3, 4));
        g.output("y", y);
        Graph graph = g.build();
        assertThat(graph.nodes()).extracting(Node::name).containsExactly("input", "used");
        assertThat(graph.output("y").index()).isEqualTo(1);
        assertThat(graph.parameters()).extracting(p -> p.name()).containsExactly("used.weight");
        // a graph that was built does not change
        g.output("z", g.relu(y));
        assertThat(graph.outputs()).containsOnlyKeys("y");
        assertThat(g.build().outputs()).containsOnlyKeys("y", "z");
        assertThatThrownBy(() -> new GraphBuilder().build()).hasMessage("a graph needs an output");
    }

    @Test
    void makesTheOperatorsThatItSays() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(6, 8, 9);
        assertThat(x.op()).isEqualTo(new Input(DataType.F32, Shape.of(Shape.ANY, 6, 8, 9)));
        assertThat(g.batchNorm("bn1", x).op()).isEqualTo(new BatchNorm(1e-5, 0.1, false, 1));
        assertThat(g.batchNorm("bn2", x, 0).op()).isEqualTo(new BatchNorm(1e-5, 0.1, false, 0));
        assertThat(g.batchNorm("bn3", x, 1e-3, 0.5).op()).isEqualTo(new BatchNorm(1e-3, 0.1, false, 0.5));
        assertThat(g.relu(x).op()).isEqualTo(new Activation(Activation.Function.RELU));
        assertThat(g.relu6(x).op()).isEqualTo(new Activation(Activation.Function.RELU6));
        assertThat(g.activation(Activation.Function.SILU, x).name()).isEqualTo("silu");
        assertThat(g.maxPool(x, 3, 2, 1).op()).isEqualTo(new MaxPool(Size.of(3), Size.of(2), Padding.of(1), false));
        AveragePool average = new AveragePool(Size.of(2), Size.of(2), Padding.none(), true, false);
        assertThat(g.averagePool(x, average).op()).isEqualTo(average);
        assertThat(g.averagePool(x, average).name()).isEqualTo("average_pool_1");
        assertThat(g.adaptiveAveragePool(x, new Size(2, 3)).op()).isEqualTo(new AdaptiveAveragePool(new Size(2, 3)));
        Node vector = g.globalAveragePool(x);
        assertThat(vector.shape()).isEqualTo(Shape.of(Shape.ANY, 6));
        assertThat(vector.inputs().get(0).op()).isEqualTo(new AdaptiveAveragePool(Size.of(1)));
        assertThat(g.linear("fc1", vector, 5).op()).isEqualTo(new Linear(5, true, new Initializer.Uniform(1)));
        assertThat(g.linear("fc2", vector, 5, Initializer.zeros()).op())
                .isEqualTo(new Linear(5, true, Initializer.zeros()));
        assertThat(g.add(x, x).inputs()).containsExactly(x, x);
        assertThat(g.concat(x, x, x).shape().c()).isEqualTo(18);
        Pad pad = new Pad(1, 2, Padding.none());
        assertThat(g.pad(x, pad).op()).isEqualTo(pad);
        assertThat(g.dropout(x, 0.5).op()).isEqualTo(new Dropout(0.5));
        assertThat(g.dropPath(x, 0.5).op()).isEqualTo(new DropPath(0.5));
        assertThat(g.dropPath(x, 0.5).name()).isEqualTo("drop_path_1");
        assertThat(g.dropout(x, 0)).isSameAs(x);
        assertThat(g.dropPath(x, 0)).isSameAs(x);
        Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(0.1, -100);
        assertThat(g.softmaxCrossEntropy(vector, labels, loss).inputs()).containsExactly(vector, labels);
    }

    @Test
    void makesTheOperatorsOfDenseHeads() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(6, 8, 9);
        Node small = g.adaptiveAveragePool(x, new Size(2, 3));
        Node large = g.resize(small, x, Resize.Filter.BILINEAR, true);
        assertThat(large.op()).isEqualTo(new Resize(Resize.Filter.BILINEAR, true));
        assertThat(large.inputs()).containsExactly(small, x);
        assertThat(large).hasToString("resize (?, 6, 8, 9)");
        assertThat(g.resize(small, x, Resize.Filter.NEAREST, false).op())
                .isEqualTo(new Resize(Resize.Filter.NEAREST, false));
        Node rows = g.mapRows(x, 3);
        assertThat(rows.op()).isEqualTo(new MapRows(3));
        assertThat(rows.name()).isEqualTo("map_rows");
        Node rois = g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5));
        RoiAlign align = new RoiAlign(Size.of(7), 0.25, 2, true);
        assertThat(g.roiAlign(x, rois, align).op()).isEqualTo(align);
        assertThat(g.roiAlign(x, rois, align).inputs()).containsExactly(x, rois);
        RoiPool pool = new RoiPool(Size.of(7), 0.25);
        assertThat(g.roiPool(x, rois, pool).op()).isEqualTo(pool);
        assertThat(g.roiPool(x, rois, pool).inputs()).containsExactly(x, rois);
        Node labels = g.input("anchor_labels", DataType.I32, Shape.of(Shape.ANY, 144));
        Node loss = g.in("det").apply(new SigmoidFocal(0.25, 2, false), rows, labels);
        assertThat(loss.name()).isEqualTo("det.sigmoid_focal");
        assertThat(loss.inputs()).containsExactly(rows, labels);
        Node sum = g.weightedSum(List.of(loss, loss), List.of(1.0, 0.25));
        assertThat(sum.op()).isEqualTo(new WeightedSum(List.of(1.0, 0.25)));
        assertThat(sum.inputs()).containsExactly(loss, loss);
        assertThatThrownBy(() -> g.weightedSum(List.of(loss), List.of(1.0, 0.25)))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("weighted_sum: cannot take 1 inputs");
    }

    @Test
    void anOperatorIsAppliedAgainWithTheSameParameters() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(4, 8, 8);
        Node conv = g.in("rpn", "head").conv("conv", x, Conv.of(3, 4).withBias());
        Node second = g.again(conv, g.relu(conv));
        Node third = g.in("elsewhere").again(second, x);
        assertThat(second.name()).isEqualTo("rpn.head.conv_1");
        assertThat(third.name()).isEqualTo("rpn.head.conv_1_1");
        for (Node node : List.of(conv, second, third)) {
            assertThat(node.scope()).isEqualTo("rpn.head.conv");
            assertThat(node.op()).isEqualTo(conv.op());
            assertThat(node.parameter("bias")).isEqualTo("rpn.head.conv.bias");
            assertThat(node.parameters()).isEqualTo(conv.parameters());
        }
        assertThat(third.inputs()).containsExactly(x);
        assertThat(g.again(conv, x).name()).isEqualTo("rpn.head.conv_2");
        Node bare = g.l2Norm(x, 3);
        assertThat(g.again(bare, x).parameter("scale_weight")).isEqualTo("scale_weight");
        Node other = new GraphBuilder().image(4, 8, 8);
        assertThatThrownBy(() -> g.again(other, x)).hasMessage("input: is a node of another graph");
        assertThatThrownBy(() -> g.again(conv, other)).hasMessage("input: is a node of another graph");
    }

    @Test
    void cutsRegionsFromTheLevelsOfAPyramid() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(6, 8, 9);
        Node half = g.maxPool(x, 1, 2, 0);
        Node rois = g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5));
        RoiAlign op = new RoiAlign(Size.of(7), List.of(0.5, 0.25), 2, false);
        Node cut = g.in("roi").roiAlign(List.of(x, half), rois, op);
        assertThat(cut.op()).isEqualTo(op);
        assertThat(cut.inputs()).containsExactly(x, half, rois);
        assertThat(cut).hasToString("roi.roi_align (?, 6, 7, 7)");
        assertThat(g.roiAlign(x, rois, new RoiAlign(Size.of(7), 0.25, 2, true)).op())
                .isEqualTo(new RoiAlign(Size.of(7), List.of(0.25), 2, true));
    }

    @Test
    void makesTheOperatorsOfModernBlocks() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(6, 8, 9);
        Node norm = g.in("blocks", 0).layerNorm("norm", x, 1e-6);
        assertThat(norm.op()).isEqualTo(new LayerNorm(1e-6));
        assertThat(norm.name()).isEqualTo("blocks.0.norm");
        GroupNorm groups = new GroupNorm(3, 1e-4, 0.5);
        assertThat(g.groupNorm("gn", x, groups).op()).isEqualTo(groups);
        assertThat(g.groupNorm("gn2", x, groups).inputs()).containsExactly(x);
        BatchNorm own = new BatchNorm(1e-3, 0.01, false, 0.5);
        assertThat(g.batchNorm("bn", x, own).op()).isEqualTo(own);
        Node gate = g.activation(Activation.Function.HARD_SIGMOID, g.adaptiveAveragePool(x, Size.of(1)));
        assertThat(gate.name()).isEqualTo("hard_sigmoid");
        Node product = g.multiply(x, gate);
        assertThat(product.op()).isEqualTo(new Multiply());
        assertThat(product.inputs()).containsExactly(x, gate);
        assertThat(product).hasToString("multiply (?, 6, 8, 9)");
        assertThat(g.channelShuffle(x, 2).op()).isEqualTo(new ChannelShuffle(2));
        assertThat(g.channelShuffle(x, 3).name()).isEqualTo("channel_shuffle_1");
        Node select = g.in("a", "conv1").channelSelect(x, 4);
        assertThat(select.op()).isEqualTo(new ChannelSelect(4));
        assertThat(select).hasToString("a.conv1 (?, 4, 8, 9)");
        assertThat(select.parameters()).extracting(ParameterSpec::name).containsExactly("a.conv1.index");
        Node slice = g.in("a").slice(x, 1, 4);
        assertThat(slice.op()).isEqualTo(new Slice(1, 4));
        assertThat(slice).hasToString("a.slice (?, 3, 8, 9)");
        Node scale = g.in("blocks", 0).layerScale(x, 1e-6);
        assertThat(scale.op()).isEqualTo(new LayerScale(1e-6));
        assertThat(scale.parameters()).extracting(ParameterSpec::name).containsExactly("blocks.0.gamma");
    }

    @Test
    void scalesTheCellsWithAParameterOfTheScopeItself() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(6, 8, 9);
        Node norm = g.in("backbone").l2Norm(x, 20);
        assertThat(norm.op()).isEqualTo(new L2Norm(1e-12, 20));
        assertThat(norm.parameters()).extracting(ParameterSpec::name).containsExactly("backbone.scale_weight");
        Node bare = g.l2Norm(x, 10);
        assertThat(bare.parameters()).extracting(ParameterSpec::name).containsExactly("scale_weight");
    }

    @Test
    void normsByNeighboursAreNamedAfterTheirKind() {
        GraphBuilder g = new GraphBuilder();
        LocalResponseNorm op = new LocalResponseNorm(5, 1e-4, 0.75, 2);
        Node norm = g.in("a").localResponseNorm(g.image(6, 8, 9), op);
        assertThat(norm.op()).isEqualTo(op);
        assertThat(norm).hasToString("a.local_response_norm (?, 6, 8, 9)");
    }

    @Test
    void aDifferenceIsASumWithAFactorUnderItsOwnName() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(6, 8, 9);
        Node sum = g.in("a").scaledAdd(x, 0.2, g.relu(x));
        assertThat(sum.op()).isEqualTo(new ScaledAdd(0.2));
        assertThat(sum).hasToString("a.scaled_add (?, 6, 8, 9)");
        Node difference = g.in("a").subtract(sum, x);
        assertThat(difference.op()).isEqualTo(new ScaledAdd(-1));
        assertThat(difference.inputs()).containsExactly(sum, x);
        assertThat(difference).hasToString("a.subtract (?, 6, 8, 9)");
    }

    @Test
    void aResizedMapHasTheReductionOfWhatItIsLike() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(3, 32, 32);
        Node two = g.conv("two", x, Conv.of(3, 4).stride(2));
        Node eight = g.conv("eight", two, Conv.of(3, 4).stride(4));
        assertThat(eight.reduction()).isEqualTo(8);
        assertThat(g.resize(eight, two, Resize.Filter.BILINEAR, false).reduction())
                .isEqualTo(2);
        assertThat(g.resize(two, eight, Resize.Filter.NEAREST, false).reduction())
                .isEqualTo(8);
        assertThat(g.resize(eight, x, Resize.Filter.BILINEAR, false).reduction())
                .isEqualTo(1);
    }

    @Test
    void nodesKnowTheirReduction() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(3, 32, 32);
        Node conv = g.conv("conv", x, Conv.of(3, 4).stride(2));
        Node pool = g.maxPool(g.relu(conv), 3, 2, 1);
        assertThat(x.reduction()).isEqualTo(1);
        assertThat(conv.reduction()).isEqualTo(2);
        assertThat(pool.reduction()).isEqualTo(4);
        assertThat(g.add(pool, pool).reduction()).isEqualTo(4);
        assertThat(pool.channels()).isEqualTo(4);
        assertThat(pool).hasToString("max_pool (?, 4, 8, 8)");
    }
}
