package io.vertebra.cuda.emit;

import static io.vertebra.graph.op.Activation.Function.RELU;
import static io.vertebra.graph.op.Activation.Function.SIGMOID;
import static io.vertebra.graph.op.Activation.Function.SILU;
import static io.vertebra.graph.op.Activation.Function.TANH;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.GroupNorm;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Batch and group norms where many blocks share the rows of a channel, and where channels fill no pack or several blocks. */
@Execution(ExecutionMode.CONCURRENT)
class ChannelNormsTest {

    static Stream<Arguments> shapes() {
        return Stream.of(
                        Shape.of(3, 64, 20, 21), // many runs, the last of fewer rows
                        Shape.of(2, 1, 37, 41),
                        Shape.of(2, 3, 31, 30),
                        Shape.of(5, 19, 9, 11),
                        Shape.of(4, 20, 11, 7), // fours, but no packs of bf16
                        Shape.of(2, 24, 17, 13), // lines that are no power of two
                        Shape.of(2, 520, 3, 3)) // several blocks beside each other, the last with less to do
                .flatMap(shape -> Stream.of(Type.F32, Type.BF16).map(type -> Arguments.of(shape, type)));
    }

    /** Those whose sums are large enough that bf16 leaves them two digits. */
    static Stream<Arguments> manyChannels() {
        return shapes().filter(a -> ((Shape) a.get()[0]).c() > 3 || a.get()[1] == Type.F32);
    }

    /** In bf16 one without a kink, across which values would be rounded. */
    private static Activation.Function behindSums(Type type) {
        return type == Type.BF16 ? SIGMOID : RELU;
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void batch_norm_in_training(Shape shape, Type type) {
        new AgainstReference(shape, (g, x) -> g.batchNorm("norm", x)).agrees(type);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void batch_norm_with_relu(Shape shape, Type type) {
        new AgainstReference(shape, (g, x) -> g.relu(g.batchNorm("norm", x))).agrees(type);
    }

    /** Small numbers, so that none is rounded across a kink. */
    @ParameterizedTest
    @EnumSource(Activation.Function.class)
    void norms_with_a_function(Activation.Function function) {
        for (Shape shape : List.of(Shape.of(3, 16, 9, 11), Shape.of(2, 3, 31, 30))) {
            for (Type type : List.of(Type.F32, Type.BF16)) {
                new AgainstReference(shape, (g, x) -> g.activation(function, g.batchNorm("norm", x))).agrees(type);
                new AgainstReference(
                                shape,
                                (g, x) -> g.activation(function, g.groupNorm("norm", x, new GroupNorm(1, 1e-5, 1))))
                        .agrees(type);
                new AgainstReference(
                                shape,
                                (g, x) -> g.activation(function, g.named("norm", new BatchNorm(1e-5, 0.1, true, 1), x)))
                        .agrees(type);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("manyChannels")
    void a_norm_that_adds(Shape shape, Type type) {
        new AgainstReference(shape, (g, x) -> g.add(g.activation(TANH, x), g.batchNorm("norm", x))).agrees(type);
        new AgainstReference(
                        shape,
                        (g, x) -> g.activation(behindSums(type), g.add(g.activation(TANH, x), g.batchNorm("norm", x))))
                .agrees(type);
    }

    /** Frozen, so that no pass over sums comes first. */
    @ParameterizedTest
    @MethodSource("manyChannels")
    void a_frozen_norm_that_adds(Shape shape, Type type) {
        BiFunction<GraphBuilder, Node, Node> body = (g, x) -> g.activation(
                behindSums(type), g.add(g.activation(TANH, x), g.named("norm", new BatchNorm(1e-5, 0.1, true, 1), x)));
        new AgainstReference(shape, body).training().agrees(type);
    }

    /** Nobody wants the gradient of what the norm reads. */
    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void only_the_addend_is_differentiated(Type type) {
        Shape shape = Shape.of(2, 24, 17, 13);
        BiFunction<GraphBuilder, Node, Node> body = (g, x) -> {
            Node addend = g.batchNorm("trained", g.activation(TANH, x));
            Node sum = g.add(addend, g.named("norm", new BatchNorm(1e-5, 0.1, true, 1), x));
            return g.activation(behindSums(type), sum);
        };
        new AgainstReference(shape, body)
                .training("trained.weight", "trained.bias")
                .withoutPicture()
                .agrees(type);
    }

    /** Its gradient is the sum of two. */
    @ParameterizedTest
    @MethodSource("manyChannels")
    void what_two_read(Shape shape, Type type) {
        new AgainstReference(shape, (g, x) -> {
                    Node y = g.relu(g.batchNorm("norm", x));
                    return g.add(g.activation(TANH, y), g.activation(SIGMOID, y));
                })
                .agrees(type);
    }

    /** The sum of three gradients has one map too many: two of them are added before. */
    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void what_three_read(Type type) {
        new AgainstReference(Shape.of(2, 24, 17, 13), (g, x) -> {
                    Node y = g.batchNorm("norm", x);
                    return g.add(y, g.add(g.activation(TANH, y), g.activation(SIGMOID, y)));
                })
                .agrees(type);
    }

    /** As in squeeze and excitation: a gated gradient and what comes through the mean of each picture. */
    @ParameterizedTest
    @MethodSource("manyChannels")
    void what_is_gated_by_its_means(Shape shape, Type type) {
        for (Activation.Function function : List.of(RELU, SILU)) {
            new AgainstReference(shape, (g, x) -> {
                        Node y = g.activation(function, g.batchNorm("norm", x));
                        Node means = g.adaptiveAveragePool(y, new Size(1, 1));
                        return g.multiply(y, g.activation(SIGMOID, means));
                    })
                    .agrees(type);
        }
    }

    /** The same with one more reader, so that a map stands beside the gated one. */
    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void what_is_gated_and_read_once_more(Type type) {
        new AgainstReference(Shape.of(3, 16, 9, 11), (g, x) -> {
                    Node y = g.groupNorm("norm", x, new GroupNorm(4, 1e-5, 1));
                    Node means = g.adaptiveAveragePool(y, new Size(1, 1));
                    return g.add(g.activation(TANH, y), g.multiply(y, g.activation(SIGMOID, means)));
                })
                .agrees(type);
    }

    /** The gradient is that of the means alone. */
    @ParameterizedTest
    @MethodSource("shapes")
    void means_of_a_norm(Shape shape, Type type) {
        new AgainstReference(
                        shape,
                        (g, x) -> g.adaptiveAveragePool(g.activation(SILU, g.batchNorm("norm", x)), new Size(1, 1)))
                .agrees(type);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void frozen_batch_norm_with_relu(Shape shape, Type type) {
        new AgainstReference(shape, (g, x) -> g.relu(g.named("norm", new BatchNorm(1e-5, 0.1, true, 1), x)))
                .agrees(type);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void batch_norm_in_inference_form(Shape shape, Type type) {
        new AgainstReference(shape, (g, x) -> g.batchNorm("norm", x)).agrees(type, false);
    }

    /** The variance is a ten-thousandth of the mean's square, of which a difference of squares would leave three digits. */
    @ParameterizedTest
    @CsvSource({"64, 1", "64, 7", "3, 1"})
    void a_mean_far_from_zero_leaves_the_variance(int channels, int runs) {
        new AgainstReference(Shape.of(2, channels, 8 * runs, 9), (g, x) -> g.batchNorm("norm", x))
                .withPictures(x -> 100 + x)
                .agrees(Type.F32);
    }

    @ParameterizedTest
    @CsvSource({"1, 32", "5, 6", "20, 4", "65, 3"})
    void group_norm(int each, int groups) {
        for (Type type : new Type[] {Type.F32, Type.BF16}) {
            new AgainstReference(
                            Shape.of(3, each * groups, 11, 27),
                            (g, x) -> g.groupNorm("norm", x, new GroupNorm(groups, 1e-5, 1)))
                    .agrees(type);
        }
    }
}
