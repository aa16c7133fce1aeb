package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.GroupNorm;
import io.vertebra.graph.op.Shape;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Operators with parameters where only some of what could be differentiated is. */
class PartsTrainedTest {
    private static final Shape SHAPE = Shape.of(3, 24, 6, 7);

    private static Arguments of(String name, BiFunction<GraphBuilder, Node, Node> body, String... parameters) {
        return Arguments.of(name, body, List.of(parameters));
    }

    static Stream<Arguments> operators() {
        BatchNorm frozen = new BatchNorm(1e-5, 0.1, true, 1);
        GroupNorm groups = new GroupNorm(4, 1e-5, 1);
        return Stream.of(
                of("batch norm", (g, x) -> g.batchNorm("n", x), "n.weight", "n.bias"),
                of("frozen", (g, x) -> g.relu(g.named("n", frozen, x)), "n.weight", "n.bias"),
                of("group norm", (g, x) -> g.groupNorm("n", x, groups), "n.weight", "n.bias"),
                of("layer norm", (g, x) -> g.layerNorm("n", x, 1e-5), "n.weight", "n.bias"),
                of("linear", (g, x) -> g.linear("n", g.flatten(x), 5), "n.weight", "n.bias"),
                of("l2 norm", (g, x) -> g.in("n").l2Norm(x, 2), "n.scale_weight"),
                of("layer scale", (g, x) -> g.in("n").layerScale(x, 1), "n.gamma"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operators")
    void nothing_but_the_picture(String name, BiFunction<GraphBuilder, Node, Node> body, List<String> parameters) {
        new AgainstReference(SHAPE, body).training().agrees(Type.F32);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operators")
    void one_parameter_and_the_picture(
            String name, BiFunction<GraphBuilder, Node, Node> body, List<String> parameters) {
        for (String parameter : parameters) {
            new AgainstReference(SHAPE, body).training(parameter).agrees(Type.F32);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operators")
    void all_but_the_picture(String name, BiFunction<GraphBuilder, Node, Node> body, List<String> parameters) {
        new AgainstReference(SHAPE, body).withoutPicture().agrees(Type.F32);
    }
}
