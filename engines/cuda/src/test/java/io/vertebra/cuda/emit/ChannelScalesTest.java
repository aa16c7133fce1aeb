package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One number a channel, of each picture or of all: several runs of rows and channels that fill no pack. */
class ChannelScalesTest {

    static Stream<Arguments> shapes() {
        return Stream.of(
                        Shape.of(3, 64, 20, 21),
                        Shape.of(2, 1, 37, 41),
                        Shape.of(5, 19, 9, 11),
                        Shape.of(2, 24, 17, 13),
                        Shape.of(2, 520, 3, 3))
                .flatMap(shape -> Stream.of(Type.F32, Type.BF16).map(type -> Arguments.of(shape, type)));
    }

    private static Node gate(GraphBuilder g, Node x) {
        Node means = g.adaptiveAveragePool(g.activation(Activation.Function.TANH, x), new Size(1, 1));
        return g.multiply(x, g.activation(Activation.Function.SIGMOID, means));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void gates(Shape shape, Type type) {
        new AgainstReference(shape, ChannelScalesTest::gate).agrees(type);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void layer_scale(Shape shape, Type type) {
        new AgainstReference(shape, (g, x) -> g.layerScale(x, 1)).agrees(type);
    }
}
