package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Resize.Filter;
import io.vertebra.graph.op.Shape;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the contract of all engines does not reach: cells that so many outputs read that a block shares them out. */
class ResizesTest {

    static Stream<Arguments> sizes() {
        return Stream.of(
                        Arguments.of(Shape.of(2, 24, 1, 1), 9, 13),
                        Arguments.of(Shape.of(1, 3, 2, 2), 16, 19),
                        Arguments.of(Shape.of(1, 300, 1, 2), 11, 25),
                        Arguments.of(Shape.of(2, 16, 3, 4), 7, 5),
                        Arguments.of(Shape.of(1, 19, 9, 10), 4, 3),
                        Arguments.of(Shape.of(1, 8, 6, 5), 1, 1))
                .flatMap(a -> Stream.of(Type.F32, Type.BF16)
                        .map(type -> Arguments.of(a.get()[0], a.get()[1], a.get()[2], type)));
    }

    private static void agrees(Shape shape, int height, int width, Type type, Filter filter, boolean alignCorners) {
        new AgainstReference(shape, (g, x) -> {
                    var like = g.input("like", DataType.F32, Shape.of(Shape.ANY, 1, height, width));
                    return g.resize(x, like, filter, alignCorners);
                })
                .with("like", LossBench.normal(1, shape.n(), 1, height, width))
                .agrees(type);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void bilinear(Shape shape, int height, int width, Type type) {
        agrees(shape, height, width, type, Filter.BILINEAR, false);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void bilinear_with_aligned_corners(Shape shape, int height, int width, Type type) {
        agrees(shape, height, width, type, Filter.BILINEAR, true);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void nearest(Shape shape, int height, int width, Type type) {
        agrees(shape, height, width, type, Filter.NEAREST, false);
    }
}
