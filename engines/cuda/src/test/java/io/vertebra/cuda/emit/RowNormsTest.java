package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.Shape;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Norms over the channels of each cell: from one lane a row to more channels than a warp has at once; many runs of rows. */
@Execution(ExecutionMode.CONCURRENT)
class RowNormsTest {

    static Stream<Arguments> channels() {
        return withTypes(IntStream.of(1, 2, 3, 8, 19, 40, 96, 136, 300, 520));
    }

    /** Those whose cells have a spread of about 1. */
    static Stream<Arguments> manyChannels() {
        return withTypes(IntStream.of(40, 96, 136, 300, 520));
    }

    private static Stream<Arguments> withTypes(IntStream numbers) {
        return numbers.boxed()
                .flatMap(channels -> Stream.of(Type.F32, Type.BF16).map(type -> Arguments.of(channels, type)));
    }

    /** Rows that several warps share, by packs and one by one, up to those that a block has to read again. */
    static Stream<Arguments> longRows() {
        return withTypes(IntStream.of(257, 1030, 1040, 1536, 2304, 6152));
    }

    /** More rows for few channels, and an odd number of them. */
    private static Shape shape(int channels) {
        return Shape.of(3, channels, 5, channels < 100 ? 47 : 7);
    }

    @ParameterizedTest
    @MethodSource("channels")
    void layer_norm(int channels, Type type) {
        layerNorm(channels).agrees(type);
    }

    @ParameterizedTest
    @MethodSource("manyChannels")
    void layer_norm_of_cells_far_from_zero(int channels, Type type) {
        layerNorm(channels).withPictures(x -> (type == Type.F32 ? 30 : 2) + x).agrees(type);
    }

    @ParameterizedTest
    @MethodSource("longRows")
    void norms_of_long_rows(int channels, Type type) {
        Shape shape = Shape.of(1, channels, 1, 3);
        new AgainstReference(shape, (g, x) -> g.layerNorm("norm", x, 1e-3)).agrees(type);
        new AgainstReference(shape, (g, x) -> g.l2Norm(x, 2)).agrees(type);
    }

    /** With pieces of the gradient that nobody asks for. */
    @ParameterizedTest
    @ValueSource(ints = {7, 40})
    void parts_of_the_gradient(int channels) {
        for (Type type : new Type[] {Type.F32, Type.BF16}) {
            layerNorm(channels).training("norm.bias").agrees(type);
            layerNorm(channels).training().agrees(type);
            layerNorm(channels).withoutPicture().agrees(type);
            l2Norm(channels).training().agrees(type);
            l2Norm(channels).withoutPicture().agrees(type);
        }
    }

    private static AgainstReference layerNorm(int channels) {
        return new AgainstReference(shape(channels), (g, x) -> g.layerNorm("norm", x, 1e-3));
    }

    private static AgainstReference l2Norm(int channels) {
        return new AgainstReference(shape(channels), (g, x) -> g.l2Norm(x, 2));
    }

    @ParameterizedTest
    @MethodSource("channels")
    void l2_norm(int channels, Type type) {
        l2Norm(channels).agrees(type);
    }

    /** Cells that are shorter than ε: the divisor is constant there. */
    @ParameterizedTest
    @MethodSource("channels")
    void l2_norm_of_tiny_cells(int channels, Type type) {
        l2Norm(channels).withPictures(x -> 1e-13 * x).agrees(type);
    }
}
