package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Shape;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which elements are dropped: counted (N, C, H, W) although maps lie channels last. Rates that are no floats. */
class DropoutsTest {

    static Stream<Arguments> shapes() {
        return Stream.of(
                        Shape.of(7, 64, 6, 5),
                        Shape.of(2, 1, 37, 41),
                        Shape.of(9, 19, 4, 3),
                        Shape.of(6, 24, 1, 1),
                        Shape.of(3, 520, 2, 3),
                        Shape.of(64, 10, 1, 1))
                .flatMap(shape -> Stream.of(Type.F32, Type.BF16).map(type -> Arguments.of(shape, type)));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void single_elements(Shape shape, Type type) {
        new AgainstReference(shape, (g, x) -> g.dropout(x, 0.3)).agrees(type);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void whole_pictures(Shape shape, Type type) {
        new AgainstReference(shape, (g, x) -> g.dropPath(x, 0.4)).agrees(type);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void whole_pictures_beside_a_shortcut(Shape shape, Type type) {
        new AgainstReference(shape, (g, x) -> {
                    Node shortcut = g.activation(Activation.Function.TANH, x);
                    return g.activation(Activation.Function.SIGMOID, g.add(shortcut, g.dropPath(x, 0.4)));
                })
                .agrees(type);
    }
}
