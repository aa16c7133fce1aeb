package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.MaxPool;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the contract of all engines does not reach: packs and single channels of the same pool, places beyond a byte, large bins. */
class PoolsTest {

    static Stream<Arguments> channels() {
        return Stream.of(1, 5, 8, 19, 24)
                .flatMap(c -> Stream.of(Type.F32, Type.BF16).map(type -> Arguments.of(c, type)));
    }

    @ParameterizedTest
    @MethodSource("channels")
    void the_first_of_equal_values_wins(int channels, Type type) {
        MaxPool op = new MaxPool(new Size(3, 2), new Size(2, 1), new Padding.Explicit(1, 0, 0, 1), true);
        new AgainstReference(Shape.of(2, channels, 8, 7), (g, x) -> g.maxPool(x, op))
                .withPictures(Math::rint)
                .agrees(type);
    }

    /** 16 x 16 is the largest window whose places fit a byte. */
    @ParameterizedTest
    @MethodSource("channels")
    void windows_of_about_256_cells(int channels, Type type) {
        for (Size size : new Size[] {Size.of(16), new Size(16, 17)}) {
            MaxPool op = new MaxPool(size, Size.of(5), Padding.of(2), false);
            new AgainstReference(Shape.of(1, channels, 18, 19), (g, x) -> g.maxPool(x, op)).agrees(type);
        }
    }

    @ParameterizedTest
    @MethodSource("channels")
    void means_of_windows(int channels, Type type) {
        for (boolean countPadding : new boolean[] {false, true}) {
            AveragePool op = new AveragePool(
                    new Size(3, 4), new Size(2, 3), new Padding.Explicit(1, 2, 0, 3), true, countPadding);
            new AgainstReference(Shape.of(2, channels, 8, 9), (g, x) -> g.averagePool(x, op)).agrees(type);
        }
    }

    static Stream<Arguments> bins() {
        return Stream.of(
                        // a block for each bin and group of channels: many cells, several groups, a part of a block
                        Arguments.of(Shape.of(2, 24, 21, 17), Size.of(1)),
                        Arguments.of(Shape.of(1, 5, 9, 11), Size.of(1)),
                        Arguments.of(Shape.of(1, 1, 40, 13), Size.of(1)),
                        Arguments.of(Shape.of(1, 1000, 4, 4), Size.of(1)),
                        Arguments.of(Shape.of(2, 43, 9, 11), new Size(2, 2)),
                        Arguments.of(Shape.of(1, 32, 13, 10), new Size(3, 2)),
                        // a thread for each bin: small ones, and more bins than cells
                        Arguments.of(Shape.of(2, 24, 5, 6), new Size(2, 3)),
                        Arguments.of(Shape.of(2, 3, 7, 5), new Size(5, 3)),
                        Arguments.of(Shape.of(1, 16, 3, 4), new Size(7, 9)))
                .flatMap(a -> Stream.of(Type.F32, Type.BF16).map(type -> Arguments.of(a.get()[0], a.get()[1], type)));
    }

    @ParameterizedTest
    @MethodSource("bins")
    void means_of_bins(Shape shape, Size grid, Type type) {
        new AgainstReference(shape, (g, x) -> g.adaptiveAveragePool(x, grid)).agrees(type);
    }
}
