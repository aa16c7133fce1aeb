package io.vertebra.graph.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The values that go into a session and come out of it. */
class EngineValuesTest {
    private static final Optimizer SGD = new Optimizer.Sgd(0.9, true);

    static Graph graph() {
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
    void optionsSayHowAParameterIsTreated() {
        Graph graph = graph();
        ParameterSpec weight = graph.parameters().get(0);
        ParameterSpec mean = graph.parameters().stream()
                .filter(p -> p.name().equals("bn.running_mean"))
                .findFirst()
                .orElseThrow();
        Groups groups = Groups.all(graph, 0.1);
        Options training = Options.training(Precision.FP32, new Update(SGD, 1, 0), groups, 0);
        Options gradients = Options.gradients(Precision.FP32, true);
        assertThat(training.group(weight)).isEqualTo(new Groups.Group(1, 0.1, true));
        assertThat(gradients.group(weight)).isEqualTo(new Groups.Group(1, 0, true));
        assertThat(Options.inference(Precision.FP32).group(weight)).isEqualTo(Groups.Group.FROZEN);
        assertThat(training.group(mean)).isEqualTo(Groups.Group.FROZEN);
        assertThat(gradients.group(mean)).isEqualTo(Groups.Group.FROZEN);
        assertThat(Options.gradients(Precision.FP32, false).isForGradients()).isTrue();
        assertThat(gradients.isForGradients()).isTrue();
        assertThat(training.isForGradients()).isFalse();
        assertThat(Options.inference(Precision.FP32).isForGradients()).isFalse();
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
}
