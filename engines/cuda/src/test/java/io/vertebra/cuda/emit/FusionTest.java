package io.vertebra.cuda.emit;

import static io.vertebra.graph.op.Activation.Function.GELU;
import static io.vertebra.graph.op.Activation.Function.HARD_SIGMOID;
import static io.vertebra.graph.op.Activation.Function.HARD_SWISH;
import static io.vertebra.graph.op.Activation.Function.TANH;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which passes over maps a plan has, forwards and backwards: those that are fused have none of their own. */
class FusionTest {
    private static final Shape IMAGE = Shape.of(2, 16, 8, 8);

    /** All calls but those with the host. */
    private static List<String> calls(BiFunction<GraphBuilder, Node, Node> body) {
        GraphBuilder g = new GraphBuilder();
        g.output("y", body.apply(g, g.image(IMAGE.c(), IMAGE.h(), IMAGE.w())));
        return onCard(Lowered.calls(g.build(), IMAGE, Type.F32));
    }

    private static List<String> onCard(List<String> calls) {
        return calls.stream()
                .filter(call -> !call.startsWith("input") && !call.startsWith("y") && !call.startsWith("grad"))
                .toList();
    }

    @ParameterizedTest
    @EnumSource(Activation.Function.class)
    void norms_take_every_function(Activation.Function function) {
        String unit = "bn+" + function.name().toLowerCase(java.util.Locale.ROOT) + ": ";
        assertThat(calls((g, x) -> g.activation(function, g.batchNorm("bn", x))))
                .containsExactly(
                        unit + "moments_packed",
                        unit + "statistics",
                        unit + "apply_packed",
                        unit + "sums_packed",
                        unit + "gradients",
                        unit + "backward_packed");
    }

    /** With the function's argument as a second result where the gradient wants that. */
    @ParameterizedTest
    @EnumSource(Activation.Function.class)
    void convolutions_take_functions(Activation.Function function) {
        String name = function.name().toLowerCase(java.util.Locale.ROOT);
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(IMAGE.c(), IMAGE.h(), IMAGE.w());
        g.output("y", g.activation(function, g.conv("conv", x, Conv.of(1, 32).withBias())));
        Graph graph = g.build();
        String unit = "conv+" + name + ": ";
        assertThat(onCard(Lowered.calls(graph, IMAGE, Type.F32)))
                .containsExactly(
                        unit + "emulated",
                        unit + "activate_backward_packed",
                        unit + "sum_runs",
                        unit + "emulated",
                        unit + "emulated");
        assertThat(onCard(Lowered.inferenceCalls(graph, IMAGE, Type.F32))).containsExactly(unit + "emulated");
    }

    @Test
    void norms_take_gates_and_means_of_pictures() {
        assertThat(calls((g, x) -> {
                    Node y = g.activation(HARD_SWISH, g.batchNorm("bn", x));
                    Node means = g.adaptiveAveragePool(y, new Size(1, 1));
                    return g.multiply(y, g.activation(HARD_SIGMOID, means));
                }))
                .containsExactly(
                        "bn+hard_swish: moments_packed",
                        "bn+hard_swish: statistics",
                        "bn+hard_swish: apply_packed",
                        "adaptive_average_pool: bin_means_wide_packed",
                        "hard_sigmoid: activate",
                        "multiply: gate_packed",
                        "multiply: gate_backward_packed",
                        "multiply: sum_runs",
                        "hard_sigmoid: activate_backward",
                        "bn+hard_swish: sums_of_parts_packed",
                        "bn+hard_swish: gradients",
                        "bn+hard_swish: backward_of_parts_packed");
    }

    /** The gradient of the first norm is the sum of what the two who read it give; the ReLU's is kept for the addend. */
    @Test
    void norms_take_sums_of_gradients() {
        assertThat(calls((g, x) -> {
                    Node y = g.batchNorm("a", x);
                    return g.relu(g.add(g.batchNorm("b", g.activation(TANH, y)), y));
                }))
                .containsSubsequence(
                        "b+add+relu: apply_packed",
                        "b+add+relu: sums_of_parts_packed",
                        "b+add+relu: gradients",
                        "b+add+relu: backward_packed",
                        "tanh: activate_backward",
                        "a: sums_of_parts_packed",
                        "a: gradients",
                        "a: backward_of_parts_packed")
                .noneMatch(call -> call.endsWith(": add"));
    }

    /**
     * As in ConvNeXt: the scale takes the sum, the gradients of both biases come off on the way, and the convolution's gradient
     * takes that of the shortcut.
     */
    @Test
    void scales_take_sums_and_biases_their_gradients_from_what_is_behind() {
        Conv each = Conv.of(3, IMAGE.c()).groups(IMAGE.c()).withBias();
        assertThat(calls((g, x) -> {
                    Node shortcut = g.activation(TANH, x);
                    Node branch = g.conv("b", g.activation(GELU, g.conv("a", shortcut, each)), each);
                    return g.add(shortcut, g.in("scale").layerScale(branch, 1));
                }))
                .containsExactly(
                        "tanh: activate",
                        "a+gelu: depthwise_3_by_1",
                        "a+gelu: activate",
                        "b: depthwise_3_by_1",
                        "scale+add: layer_scale_packed",
                        "scale+add: layer_scale_backward_packed",
                        "scale+add: sum_runs",
                        "b: sum_runs",
                        "b: depthwise_weights_3_by_1",
                        "b: sum_runs",
                        "b: depthwise_3_by_1",
                        "a+gelu: activate_backward_packed",
                        "a+gelu: sum_runs",
                        "a+gelu: depthwise_weights_3_by_1",
                        "a+gelu: sum_runs",
                        "a+gelu: depthwise_3_by_1",
                        "tanh: activate_backward");
    }

    /** What nobody adds up behind it the convolution itself does, where it reads it for its weights. */
    @Test
    void depthwise_convolutions_add_up_for_their_biases() {
        Conv each = Conv.of(7, IMAGE.c()).groups(IMAGE.c()).withBias();
        assertThat(calls((g, x) -> g.layerNorm("norm", g.conv("conv", x, each), 1e-6)))
                .containsExactly(
                        "conv: depthwise_7_by_1",
                        "norm: layer_norm_packed_2",
                        "norm: layer_norm_backward_packed_2",
                        "norm: sum_runs",
                        "conv: depthwise_weights_7_by_1",
                        "conv: sum_runs",
                        "conv: depthwise_7_by_1");
        Conv wide = Conv.of(9, IMAGE.c()).groups(IMAGE.c()).withBias();
        assertThat(calls((g, x) -> g.layerNorm("norm", g.conv("conv", x, wide), 1e-6)))
                .containsSubsequence("conv: sum_rows_packed", "conv: sum_runs", "conv: depthwise_weights_packed");
    }

    @Test
    void drop_paths_take_sums() {
        assertThat(calls((g, x) -> {
                    Node y = g.activation(TANH, x);
                    return g.add(g.dropPath(g.activation(GELU, y), 0.5), y);
                }))
                .containsExactly(
                        "tanh: activate",
                        "gelu: activate",
                        "drop_path+add: drop_path_packed",
                        "drop_path+add: drop_path_packed",
                        "gelu: activate_backward",
                        "tanh: add",
                        "tanh: activate_backward");
    }

    /** As in Inception-ResNet. */
    @Test
    void sums_with_a_factor_take_functions() {
        assertThat(calls((g, x) -> {
                    Node y = g.activation(TANH, x);
                    return g.relu(g.scaledAdd(y, 0.1, g.activation(GELU, y)));
                }))
                .containsExactly(
                        "tanh: activate",
                        "gelu: activate",
                        "scaled_add+relu: scaled_add",
                        "scaled_add+relu: activate_backward",
                        "scaled_add+relu: scale",
                        "gelu: activate_backward",
                        "tanh: add",
                        "tanh: activate_backward");
    }

    @Test
    void drop_paths_take_scales() {
        assertThat(calls((g, x) -> {
                    Node y = g.activation(TANH, x);
                    return g.add(g.dropPath(g.in("scale").layerScale(g.activation(GELU, y), 1), 0.5), y);
                }))
                .containsExactly(
                        "tanh: activate",
                        "gelu: activate",
                        "drop_path+add: layer_scale_packed",
                        "drop_path+add: layer_scale_backward_packed",
                        "drop_path+add: sum_runs",
                        "gelu: activate_backward",
                        "tanh: add",
                        "tanh: activate_backward");
    }

    @Test
    void scales_that_others_read_stand_alone() {
        assertThat(calls((g, x) -> {
                    Node y = g.in("scale").layerScale(x, 1);
                    return g.add(g.dropPath(y, 0.5), y);
                }))
                .containsSubsequence("scale: layer_scale_packed", "drop_path: drop_path_packed");
    }

    @Test
    void others_have_their_gradients_in_one_piece() {
        assertThat(calls((g, x) -> {
                    Node y = g.activation(TANH, x);
                    return g.add(g.activation(HARD_SIGMOID, y), g.activation(HARD_SWISH, y));
                }))
                .containsSubsequence("hard_sigmoid: activate_backward", "tanh: add", "tanh: activate_backward");
    }
}
