package io.vertebra.graph.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.HardNegativeCrossEntropy;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.RoiPool;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.op.SoftmaxDice;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The values that go into a session and come out of it. */
class EngineValuesTest {
    private static final Optimizer SGD = new Optimizer.Sgd(0.9, true);

    private static Graph graph() {
        GraphBuilder g = new GraphBuilder();
        var x = g.batchNorm("bn", g.conv("conv", g.image(3, 4, 4), Conv.of(1, 5).withBias()));
        var labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
        g.output("loss", g.softmaxCrossEntropy(g.globalAveragePool(x), labels, new SoftmaxCrossEntropy(0, 255)));
        return g.build();
    }

    @Test
    void groupsHaveOneForEachTrainableParameter() {
        Groups groups = Groups.all(graph(), 0.1);
        assertThat(groups.byParameter().keySet()).containsExactly("conv.weight", "conv.bias", "bn.weight", "bn.bias");
        assertThat(groups.get("conv.weight")).isEqualTo(new Groups.Group(1, 0.1, true));
        assertThat(groups.get("conv.bias")).isEqualTo(new Groups.Group(1, 0, true));
        assertThat(groups.get("bn.weight")).isEqualTo(new Groups.Group(1, 0, true));
        assertThatThrownBy(() -> groups.get("bn.running_mean"))
                .isInstanceOf(GraphException.class)
                .hasMessage("bn.running_mean: has no parameter group");
        assertThatThrownBy(() -> groups.byParameter().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void groupsKnowWhatIsTrained() {
        Graph graph = graph();
        Groups groups =
                Groups.of(graph, p -> p.name().startsWith("bn") ? Groups.Group.FROZEN : new Groups.Group(0.5, 0, true));
        assertThat(graph.parameters().stream().filter(groups::isTrained).map(ParameterSpec::name))
                .containsExactly("conv.weight", "conv.bias");
        assertThat(Groups.Group.FROZEN).isEqualTo(new Groups.Group(0, 0, false));
    }

    @Test
    void groupsAndBatchesCopyTheirMaps() {
        Map<String, Groups.Group> groups = new HashMap<>(Map.of("a", Groups.Group.FROZEN));
        Groups copied = new Groups(groups);
        groups.clear();
        assertThat(copied.byParameter()).hasSize(1);
        Map<String, Tensor> inputs = new HashMap<>(Map.of("input", Tensor.of(new float[2], 2)));
        Batch batch = new Batch(inputs);
        inputs.clear();
        assertThat(batch.inputs()).hasSize(1);
        assertThatThrownBy(() -> batch.inputs().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void tensorsHaveAsManyElementsAsTheirShape() {
        float[] data = new float[6];
        Tensor.Floats floats = Tensor.of(data, 2, 3);
        assertThat(floats.shape()).isEqualTo(Shape.of(2, 3));
        assertThat(floats.data()).isSameAs(data);
        Tensor.Ints ints = Tensor.of(new int[] {1, 2}, 2);
        assertThat(ints.shape()).isEqualTo(Shape.of(2));
        assertThat(ints.data()).containsExactly(1, 2);
        assertThatThrownBy(() -> Tensor.of(data, 2, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a tensor (2, 4) cannot have 6 elements");
        assertThatThrownBy(() -> Tensor.of(new int[3], 2)).hasMessage("a tensor (2) cannot have 3 elements");
    }

    @Test
    void batchesAreNamedByTheirUse() {
        Tensor.Floats images = Tensor.of(new float[96], 2, 3, 4, 4);
        Tensor.Ints labels = Tensor.of(new int[2], 2);
        assertThat(Batch.of(images).inputs()).isEqualTo(Map.of("input", images));
        assertThat(Batch.of(images, labels).inputs()).isEqualTo(Map.of("input", images, "labels", labels));
        assertThat(Batch.of(images, labels).shapes())
                .isEqualTo(Map.of("input", Shape.of(2, 3, 4, 4), "labels", Shape.of(2)));
    }

    @Test
    void batchesAreHeldAgainstTheGraph() {
        Tensor.Floats images = Tensor.of(new float[96], 2, 3, 4, 4);
        Graph graph = graph();
        Batch.of(images, Tensor.of(new int[] {0, 4}, 2)).requireFits(graph);
        Batch.of(images, Tensor.of(new int[] {255, 255}, 2)).requireFits(graph);
        assertThatThrownBy(() -> Batch.of(images).requireFits(graph))
                .isInstanceOf(GraphException.class)
                .hasMessage("labels: is an input that was not given");
        assertThatThrownBy(() ->
                        Batch.of(images, Tensor.of(new int[] {0, 5}, 2)).requireFits(graph))
                .isInstanceOf(GraphException.class)
                .hasMessage("labels: has the class 5, the model has 5 classes from 0 (255 is ignored)");
        assertThatThrownBy(() ->
                        Batch.of(images, Tensor.of(new int[] {-1, 0}, 2)).requireFits(graph))
                .hasMessage("labels: has the class -1, the model has 5 classes from 0 (255 is ignored)");
        Map<String, Tensor> swapped = Map.of("input", images, "labels", Tensor.of(new float[2], 2));
        assertThatThrownBy(() -> new Batch(swapped).requireFits(graph)).hasMessage("labels: wants integers");
        Map<String, Tensor> ints =
                Map.of("input", Tensor.of(new int[96], 2, 3, 4, 4), "labels", Tensor.of(new int[2], 2));
        assertThatThrownBy(() -> new Batch(ints).requireFits(graph)).hasMessage("input: wants floating point");
    }

    @Test
    void labelsOfRowsAreHeldAgainstTheirColumns() {
        GraphBuilder g = new GraphBuilder();
        var rows = g.mapRows(g.image(6, 2, 2), 3);
        var labels = g.input("det.anchor_labels", DataType.I32, Shape.of(Shape.ANY, 8));
        g.output("loss", g.apply(new HardNegativeCrossEntropy(3, 0), rows, labels));
        Graph graph = g.build();
        Tensor.Floats images = Tensor.of(new float[24], 1, 6, 2, 2);
        anchors(images, -1, 0, 2).requireFits(graph);
        // there are 8 rows, but 3 columns
        assertThatThrownBy(() -> anchors(images, 3).requireFits(graph))
                .isInstanceOf(GraphException.class)
                .hasMessage("det.anchor_labels: has the class 3, the model has 3 classes from 0 (-1 is ignored)");
        assertThatThrownBy(() -> anchors(images, -2).requireFits(graph))
                .hasMessage("det.anchor_labels: has the class -2, the model has 3 classes from 0 (-1 is ignored)");
    }

    private static Batch anchors(Tensor.Floats images, int... first) {
        int[] labels = Arrays.copyOf(first, 8);
        return new Batch(Map.of("input", images, "det.anchor_labels", Tensor.of(labels, 1, 8)));
    }

    @Test
    void eachLossHoldsItsOwnLabelsAgainstItsClasses() {
        GraphBuilder g = new GraphBuilder();
        var map = g.image(4, 2, 2);
        var pixels = g.input("seg.labels", DataType.I32, Shape.of(Shape.ANY, 2, 2));
        var pictures = g.input("cls.labels", DataType.I32, Shape.of(Shape.ANY));
        var overlap = g.apply(new SoftmaxDice(1, 255), map, pixels);
        var classes = g.linear("fc", g.globalAveragePool(map), 2);
        var loss = g.softmaxCrossEntropy(classes, pictures, new SoftmaxCrossEntropy(0, -100));
        g.output("loss", g.weightedSum(List.of(overlap, loss), List.of(1.0, 1.0)));
        Graph graph = g.build();
        joint(3, 1).requireFits(graph);
        joint(255, -100).requireFits(graph);
        assertThatThrownBy(() -> joint(4, 1).requireFits(graph))
                .hasMessage("seg.labels: has the class 4, the model has 4 classes from 0 (255 is ignored)");
        assertThatThrownBy(() -> joint(3, 2).requireFits(graph))
                .hasMessage("cls.labels: has the class 2, the model has 2 classes from 0 (-100 is ignored)");
        assertThatThrownBy(() -> joint(-100, 1).requireFits(graph)).hasMessageStartingWith("seg.labels: ");
    }

    private static Batch joint(int pixel, int picture) {
        return new Batch(Map.of(
                "input", Tensor.of(new float[16], 1, 4, 2, 2),
                "seg.labels", Tensor.of(new int[] {0, 1, 2, pixel}, 1, 2, 2),
                "cls.labels", Tensor.of(new int[] {picture}, 1)));
    }

    @Test
    void aNormNeedsTwoValuesToTrain() {
        GraphBuilder g = new GraphBuilder();
        g.output("y", g.batchNorm("bn", g.image(3, Shape.ANY, Shape.ANY)));
        Graph graph = g.build();
        for (Shape enough : List.of(Shape.of(2, 3, 1, 1), Shape.of(1, 3, 2, 1), Shape.of(1, 3, 1, 2))) {
            TrainingChecks.requireTrainable(graph, graph.shapes(Map.of("input", enough)));
        }
        List<Shape> one = graph.shapes(Map.of("input", Shape.of(1, 3, 1, 1)));
        assertThatThrownBy(() -> TrainingChecks.requireTrainable(graph, one))
                .isInstanceOf(GraphException.class)
                .hasMessage(
                        "bn: has one value a channel in a training batch, a batch norm needs two; use a larger batch"
                                + " or picture, or norm: frozen");
        GraphBuilder frozen = new GraphBuilder(Conventions.DEFAULT.withFrozenNorm());
        frozen.output("y", frozen.batchNorm("bn", frozen.image(3, 1, 1)));
        TrainingChecks.requireTrainable(frozen.build(), one);
    }

    @Test
    void outputsAreFoundByName() {
        Map<String, Tensor.Floats> values = new LinkedHashMap<>();
        values.put("logits", Tensor.of(new float[] {1, 2}, 1, 2));
        values.put("loss", Tensor.of(new float[] {0.5f}));
        Outputs outputs = new Outputs(values);
        values.clear();
        assertThat(outputs.names()).containsExactly("logits", "loss");
        assertThat(outputs.scalar("loss")).isEqualTo(0.5f);
        assertThat(outputs.get("logits").data()).containsExactly(1, 2);
        assertThatThrownBy(() -> outputs.get("x"))
                .isInstanceOf(GraphException.class)
                .hasMessage("x: is no output; there are logits, loss");
        Outputs copy = outputs.copy();
        outputs.get("logits").data()[0] = 9;
        assertThat(copy.get("logits").data()).containsExactly(1, 2);
        assertThat(copy.get("logits").shape()).isEqualTo(Shape.of(1, 2));
        assertThat(copy.names()).containsExactly("logits", "loss");
        assertThatThrownBy(() -> outputs.names().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void optionsBindUpdatesToTraining() {
        Update update = Update.of(SGD);
        Groups groups = Groups.all(graph(), 0);
        Options training = Options.training(Precision.BF16, update, groups, 7);
        assertThat(training).isEqualTo(new Options(Options.Mode.TRAINING, Precision.BF16, update, groups, 7));
        assertThat(Options.inference(Precision.FP32))
                .isEqualTo(new Options(Options.Mode.INFERENCE, Precision.FP32, null, null, 0));
        assertThat(Options.gradients(Precision.FP64, true).mode()).isEqualTo(Options.Mode.TRAINING_GRADIENTS);
        assertThat(Options.gradients(Precision.FP64, false).mode()).isEqualTo(Options.Mode.INFERENCE_GRADIENTS);
        assertThat(training.isTrainingForm()).isTrue();
        assertThat(Options.gradients(Precision.FP64, true).isTrainingForm()).isTrue();
        assertThat(Options.gradients(Precision.FP64, false).isTrainingForm()).isFalse();
        assertThat(Options.inference(Precision.FP32).isTrainingForm()).isFalse();
        List<Runnable> wrong = List.of(
                () -> new Options(Options.Mode.TRAINING, Precision.FP32, null, groups, 0),
                () -> new Options(Options.Mode.TRAINING, Precision.FP32, update, null, 0),
                () -> new Options(Options.Mode.INFERENCE, Precision.FP32, update, null, 0),
                () -> new Options(Options.Mode.INFERENCE, Precision.FP32, null, groups, 0),
                () -> new Options(Options.Mode.TRAINING_GRADIENTS, Precision.FP32, update, groups, 0));
        for (Runnable one : wrong) {
            assertThatThrownBy(one::run)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("an update and groups belong to training, and to nothing else");
        }
        assertThatThrownBy(() -> Options.inference(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void updatesHaveRanges() {
        assertThat(Update.of(SGD)).isEqualTo(new Update(SGD, 0, 0));
        assertThat(Update.of(SGD).hasEma()).isFalse();
        assertThat(new Update(SGD, 0, 0.999).hasEma()).isTrue();
        assertThatThrownBy(() -> new Update(SGD, -1e-9, 0)).hasMessage("clip_norm: must not be negative, is -1.0E-9");
        assertThatThrownBy(() -> new Update(SGD, 0, 1)).hasMessage("decay: must lie in [0, 1), is 1.0");
        assertThatThrownBy(() -> new Update(SGD, 0, -0.1)).hasMessage("decay: must lie in [0, 1), is -0.1");
    }

    @Test
    void optimizersKeepPyTorchsArrays() {
        assertThat(SGD.slots()).containsExactly("momentum");
        assertThat(new Optimizer.Sgd(0, false).slots()).isEmpty();
        assertThat(new Optimizer.AdamW(0, 0, 1e-8).slots()).containsExactly("exp_avg", "exp_avg_sq");
        assertThatThrownBy(() -> new Optimizer.Sgd(1, false)).hasMessage("momentum: must lie in [0, 1), is 1.0");
        assertThatThrownBy(() -> new Optimizer.Sgd(-0.1, false)).hasMessage("momentum: must lie in [0, 1), is -0.1");
        assertThatThrownBy(() -> new Optimizer.Sgd(0, true)).hasMessage("nesterov: needs a momentum");
        assertThatThrownBy(() -> new Optimizer.AdamW(1, 0.9, 1)).hasMessage("beta1: must lie in [0, 1), is 1.0");
        assertThatThrownBy(() -> new Optimizer.AdamW(-1, 0.9, 1)).hasMessage("beta1: must lie in [0, 1), is -1.0");
        assertThatThrownBy(() -> new Optimizer.AdamW(0.9, 1, 1)).hasMessage("beta2: must lie in [0, 1), is 1.0");
        assertThatThrownBy(() -> new Optimizer.AdamW(0.9, -1, 1)).hasMessage("beta2: must lie in [0, 1), is -1.0");
        assertThatThrownBy(() -> new Optimizer.AdamW(0.9, 0.9, 0)).hasMessage("epsilon: must be positive, is 0.0");
    }

    @Test
    void aFreshStateHasSlotsForWhatIsTrained() {
        Graph graph = graph();
        Parameters parameters = Parameters.initialize(graph, 1);
        Groups groups =
                Groups.of(graph, p -> p.name().startsWith("bn") ? Groups.Group.FROZEN : new Groups.Group(1, 0, true));
        Update update = new Update(new Optimizer.AdamW(0.9, 0.9, 1), 0, 0.5);
        TrainingState state = TrainingState.fresh(graph, parameters, update, groups);
        assertThat(state.slots().keySet())
                .containsExactly(
                        "exp_avg.conv.weight", "exp_avg.conv.bias", "exp_avg_sq.conv.weight", "exp_avg_sq.conv.bias");
        assertThat(state.slot("exp_avg", "conv.weight")).hasSize(15).containsOnly(0);
        assertThat(state.slot("exp_avg_sq", "conv.bias")).isSameAs(state.slots().get("exp_avg_sq.conv.bias"));
        assertThatThrownBy(() -> state.slot("momentum", "conv.weight"))
                .isInstanceOf(GraphException.class)
                .hasMessage("momentum.conv.weight: is not kept by this optimizer");
        assertThat(state.parameters()).isSameAs(parameters);
        Parameters ema = state.ema().orElseThrow();
        assertThat(ema.get("conv.weight"))
                .isEqualTo(parameters.get("conv.weight"))
                .isNotSameAs(parameters.get("conv.weight"));
        assertThat(TrainingState.fresh(graph, parameters, Update.of(SGD), groups)
                        .ema())
                .isEmpty();
        assertThatThrownBy(() -> state.slots().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void scalarsOfASingleBatchApply() {
        assertThat(Scalars.of(0.1, 5)).isEqualTo(new Scalars(0.1, 5, 0, true));
    }

    @Test
    void memoryIsTheSumOfItsParts() {
        assertThat(new Session.Memory(1, 20, 300, 4000).total()).isEqualTo(4321);
    }

    @Test
    void engineExceptionsSayWhatCanBeDone() {
        Exception cause = new IllegalStateException("inner");
        EngineException e = new EngineException(EngineException.Kind.OUT_OF_MEMORY, "onednn: no memory", cause);
        assertThat(e).hasMessage("onednn: no memory").hasCause(cause);
        assertThat(e.kind()).isEqualTo(EngineException.Kind.OUT_OF_MEMORY);
        assertThat(new EngineException(EngineException.Kind.FAILED, "x")).hasNoCause();
    }

    @ParameterizedTest
    @CsvSource({"0, true", "1, true", "2, false", "-1, false", "0.5, false"})
    void regionsNameAPictureOfTheBatch(float picture, boolean fits) {
        GraphBuilder g = new GraphBuilder();
        var rois = g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5));
        g.output("pooled", g.roiPool(g.image(1, 2, 2), rois, new RoiPool(Size.of(1), 1)));
        Batch batch = new Batch(Map.of(
                "input", Tensor.of(new float[8], 2, 1, 2, 2),
                "rois", Tensor.of(new float[] {0, 0, 0, 1, 1, picture, 0, 0, 1, 1}, 2, 5)));
        if (fits) {
            batch.requireFits(g.build());
        } else {
            assertThatThrownBy(() -> batch.requireFits(g.build()))
                    .hasMessage("rois: names the picture " + picture + ", there are 2 from 0");
        }
    }
}
