package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.GroupNorm;
import io.vertebra.graph.op.Shape;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Batch and group norms where many blocks share the rows of a channel, and where channels fill no pack or several blocks. */
class ChannelNormsTest {

    static Stream<Arguments> shapes() {
        return Stream.of(
                        Shape.of(3, 64, 20, 21), // many runs, the last of fewer rows
                        Shape.of(2, 1, 37, 41),
                        Shape.of(2, 3, 31, 30),
                        Shape.of(5, 19, 9, 11),
                        Shape.of(2, 24, 17, 13), // lines that are no power of two
                        Shape.of(2, 520, 3, 3)) // several blocks beside each other, the last with less to do
                .flatMap(shape -> Stream.of(Type.F32, Type.BF16).map(type -> Arguments.of(shape, type)));
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
