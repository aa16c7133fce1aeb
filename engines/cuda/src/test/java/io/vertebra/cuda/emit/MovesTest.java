package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation.Function;
import io.vertebra.graph.op.Pad;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Shape;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the contract of all engines does not reach: packs where all parts allow them and single channels where one does not. */
class MovesTest {

    static Stream<Type> types() {
        return Stream.of(Type.F32, Type.BF16);
    }

    @ParameterizedTest
    @CsvSource({"16, 8, 24", "16, 8, 0", "16, 3, 5", "16, 8, 3", "16, 3, 8", "5, 3, 8", "1, 0, 0"})
    void zeros_around_a_map(int channels, int before, int behind) {
        Pad op = new Pad(before, behind, new Padding.Explicit(1, 2, 0, 3));
        types().forEach(type ->
                new AgainstReference(Shape.of(2, channels, 3, 5), (g, x) -> g.apply(op, x)).agrees(type));
    }

    /** Slices of all channels, of some, of one another's, of none beginning at a pack. */
    static Stream<Arguments> cuts() {
        return Stream.of(
                        Arguments.of(32, new int[] {0, 8, 8, 32}),
                        Arguments.of(32, new int[] {8, 16, 24, 32}),
                        Arguments.of(19, new int[] {1, 4, 9, 14}),
                        Arguments.of(24, new int[] {3, 11, 16, 24}),
                        Arguments.of(24, new int[] {0, 16, 8, 24}))
                .flatMap(a -> types().map(type -> Arguments.of(a.get()[0], a.get()[1], type)));
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void slices_side_by_side(int channels, int[] cuts, Type type) {
        new AgainstReference(Shape.of(2, channels, 5, 3), (g, x) -> slices(g, x, cuts)).agrees(type);
    }

    private static Node slices(GraphBuilder g, Node x, int[] cuts) {
        Node y = g.activation(Function.TANH, x);
        Node a = g.slice(y, cuts[0], cuts[1]);
        Node b = g.activation(Function.SIGMOID, g.slice(y, cuts[2], cuts[3]));
        return g.concat(b, a, b);
    }

    @ParameterizedTest
    @CsvSource({"24, 3", "24, 8", "40, 5", "19, 19", "30, 2", "8, 1"})
    void shuffles(int channels, int groups) {
        types().forEach(type ->
                new AgainstReference(Shape.of(2, channels, 4, 3), (g, x) -> g.channelShuffle(x, groups)).agrees(type));
    }

    /** Packs on both sides, on one, on none; more than one block. */
    @ParameterizedTest
    @CsvSource({"24, 24", "24, 40", "16, 5", "5, 16", "19, 7", "1, 8", "8, 1", "64, 128"})
    void selects(int channels, int selected) {
        types().forEach(type -> new AgainstReference(
                        Shape.of(2, channels, 4, 3), (g, x) -> g.in("s").channelSelect(x, selected))
                .agrees(type));
    }

    @ParameterizedTest
    @MethodSource("types")
    void selects_of_rows(Type type) {
        new AgainstReference(Shape.of(3, 24, 2, 2), (g, x) -> g.in("s").channelSelect(g.globalAveragePool(x), 16))
                .agrees(type);
    }

    /** Squares of 32 that are full, part of one, several. */
    @ParameterizedTest
    @CsvSource({"64, 8, 4", "5, 3, 3", "33, 5, 7", "70, 9, 10", "7, 1, 1", "1, 6, 5", "3, 17, 1"})
    void flattens(int channels, int height, int width) {
        types().forEach(type ->
                new AgainstReference(Shape.of(2, channels, height, width), (g, x) -> g.flatten(x)).agrees(type));
    }

    @ParameterizedTest
    @MethodSource("types")
    void rows_of_maps_joined(Type type) {
        new AgainstReference(
                        Shape.of(2, 24, 5, 3), (g, x) -> g.concat(g.mapRows(x, 4), g.mapRows(g.maxPool(x, 2, 2, 0), 4)))
                .agrees(type);
    }
}
