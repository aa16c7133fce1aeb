package io.vertebra.onednn.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.op.SoftmaxDice;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses that enlarge logits as they read them are those of enlarged logits. */
class SegmentationLossKernelTest {
    private static final int PICTURES = 2;
    private static final int CLASSES = 21;
    private static final int HEIGHT = 5;
    private static final int WIDTH = 6;
    private static final int LARGE_HEIGHT = 19;
    private static final int LARGE_WIDTH = 23;
    private static final int IGNORE = 255;

    private final Resize op = new Resize(Resize.Filter.BILINEAR, false);
    private final Taps rows = Taps.of(HEIGHT, LARGE_HEIGHT, op);
    private final Taps columns = Taps.of(WIDTH, LARGE_WIDTH, op);

    static Stream<Function<Positions, Kernel>> losses() {
        var plain = new SoftmaxCrossEntropy(0, IGNORE);
        var smooth = new SoftmaxCrossEntropy(0.2, IGNORE, weights(), null, SoftmaxCrossEntropy.Average.ALL);
        var hardest = new SoftmaxCrossEntropy(
                0, IGNORE, List.of(), new SoftmaxCrossEntropy.Hardest(0.01, 50), SoftmaxCrossEntropy.Average.VALID);
        return Stream.of(
                p -> new CrossEntropyKernel(p, PICTURES, plain),
                p -> new CrossEntropyKernel(p, PICTURES, smooth),
                p -> new CrossEntropyKernel(p, PICTURES, hardest),
                p -> new DiceKernel(p, new SoftmaxDice(1, IGNORE)));
    }

    private static List<Double> weights() {
        return Stream.iterate(0.5, w -> w + 0.1).limit(CLASSES).toList();
    }

    private static ByteBuffer labels() {
        int[] labels = new SplittableRandom(3)
                .ints((long) PICTURES * LARGE_HEIGHT * LARGE_WIDTH, -3, CLASSES)
                .map(label -> label < 0 ? IGNORE : label)
                .toArray();
        return Bytes.of(labels);
    }

    @ParameterizedTest
    @MethodSource("losses")
    void equalThoseOfEnlargedLogits(Function<Positions, Kernel> loss) {
        Grid small = Grid.channelsLast(PICTURES, CLASSES, HEIGHT, WIDTH);
        Grid large = Grid.channelsLast(PICTURES, CLASSES, LARGE_HEIGHT, LARGE_WIDTH);
        float[] x = Bytes.random(PICTURES * CLASSES * HEIGHT * WIDTH, 1);
        ByteBuffer enlarged = Bytes.zeros(PICTURES * CLASSES * LARGE_HEIGHT * LARGE_WIDTH);
        run(new ResizeKernel(small, large, rows, columns, false, false), Bytes.of(x), enlarged);
        ByteBuffer toEnlarged = Bytes.zeros(PICTURES * CLASSES * LARGE_HEIGHT * LARGE_WIDTH);
        ByteBuffer expectedLoss = Bytes.zeros(1);
        Positions flat = new FlatPositions(PICTURES, LARGE_HEIGHT * LARGE_WIDTH, CLASSES);
        run(loss.apply(flat), enlarged, labels(), expectedLoss, toEnlarged);
        ByteBuffer expected = Bytes.zeros(x.length);
        run(new ResizeKernel(small, large, rows, columns, false, true), expected, toEnlarged);

        ByteBuffer actualLoss = Bytes.zeros(1);
        ByteBuffer actual = Bytes.zeros(x.length);
        Positions resized = new ResizedPositions(small, rows, columns);
        run(loss.apply(resized), Bytes.of(x), labels(), actualLoss, actual);
        float size = largest(Bytes.floats(expected));
        assertThat(size).isPositive();
        assertThat(actualLoss.getFloat(0)).isCloseTo(expectedLoss.getFloat(0), within(1e-6f));
        assertThat(Bytes.floats(actual)).containsExactly(Bytes.floats(expected), within(1e-5f * size));

        Grid blocked = Grid.blocked(PICTURES, CLASSES, HEIGHT, WIDTH, 16);
        ByteBuffer inBlocks = Bytes.zeros(PICTURES * blocked.imageLength());
        ByteBuffer padded = Bytes.of(Bytes.random(PICTURES * blocked.imageLength(), 9));
        copy(small, Bytes.of(x), blocked, inBlocks);
        Kernel kernel = loss.apply(new ResizedPositions(blocked, rows, columns));
        run(kernel, inBlocks, labels(), actualLoss, padded);
        assertThat(sumOfPadding(blocked, padded)).isZero();
        ByteBuffer back = Bytes.zeros(x.length);
        copy(blocked, padded, small, back);
        assertThat(Bytes.floats(back)).isEqualTo(Bytes.floats(actual));

        kernel.run(); // nothing is left of the pass before
        copy(blocked, padded, small, back);
        assertThat(Bytes.floats(back)).isEqualTo(Bytes.floats(actual));
        actualLoss.putFloat(0, 0);
        kernel.bind(inBlocks, labels(), actualLoss);
        kernel.run();
        assertThat(actualLoss.getFloat(0)).isCloseTo(expectedLoss.getFloat(0), within(1e-6f));
    }

    private static void run(Kernel kernel, ByteBuffer... tensors) {
        kernel.bind(tensors);
        kernel.run();
    }

    private static float largest(float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static void copy(Grid from, ByteBuffer source, Grid to, ByteBuffer target) {
        for (int n = 0; n < from.n(); n++) {
            for (int c = 0; c < from.c(); c++) {
                for (int h = 0; h < from.h(); h++) {
                    for (int w = 0; w < from.w(); w++) {
                        float value = source.getFloat(4 * (from.row(n, c, h) + w * from.columnStride()));
                        target.putFloat(4 * (to.row(n, c, h) + w * to.columnStride()), value);
                    }
                }
            }
        }
    }

    private static double sumOfPadding(Grid grid, ByteBuffer tensor) {
        double sum = 0;
        for (int h = 0; h < grid.h(); h++) {
            for (int c = grid.c(); c < 32; c++) {
                for (int w = 0; w < grid.w(); w++) {
                    sum += Math.abs(tensor.getFloat(4 * (grid.row(1, c, h) + w * grid.columnStride())));
                }
            }
        }
        return sum;
    }
}
