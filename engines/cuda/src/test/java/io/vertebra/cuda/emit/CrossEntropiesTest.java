package io.vertebra.cuda.emit;

import static io.vertebra.cuda.emit.LossBench.normal;
import static io.vertebra.cuda.emit.LossBench.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.op.SoftmaxCrossEntropy.Average;
import io.vertebra.graph.op.SoftmaxCrossEntropy.Hardest;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the contract of all engines does not reach: each kernel at its edges, blocks that take several turns, ties. */
@Execution(ExecutionMode.CONCURRENT)
class CrossEntropiesTest {
    /** Sums in F32 of up to thousands of terms, as the contract allows. */
    private static final double ROUNDING = 2e-5;

    private static final int IGNORE = -1;

    private static SoftmaxCrossEntropy op(double smoothing, int weights, Average average) {
        List<Double> classWeights = DoubleStream.iterate(0, w -> w + 1)
                .limit(weights)
                .map(k -> 0.25 * (k % 7))
                .boxed()
                .toList();
        return new SoftmaxCrossEntropy(smoothing, IGNORE, classWeights, null, average);
    }

    // on the emulated device a launch has at most 32 blocks: of 32 rows up to 32 classes, of 8 up to 1024, of one
    // beyond
    @ParameterizedTest
    @CsvSource({
        "1, 5",
        "2, 1100",
        "8, 33",
        "19, 40",
        "31, 9",
        "32, 1025",
        "33, 300",
        "128, 9",
        "129, 9",
        "150, 300",
        "256, 7",
        "257, 9",
        "1000, 5",
        "1024, 8",
        "1025, 33",
        "5000, 3"
    })
    void agreesForAnyNumberOfClasses(int classes, int rows) {
        Tensor.Floats logits = normal(classes, rows, classes);
        Tensor.Ints labels = whole(rows, IGNORE, classes, rows);
        labels.data()[0] = 0; // of weight 0
        labels.data()[rows - 1] = classes - 1;
        LossBench.of(op(0, 0, Average.VALID), logits, labels).agrees(ROUNDING);
        LossBench.of(op(0.1, classes, Average.VALID), logits, labels).agrees(ROUNDING);
        LossBench.of(op(0.3, 0, Average.ALL), logits, labels).agrees(ROUNDING);
        LossBench.of(op(0, classes, Average.ALL), logits, labels).agrees(ROUNDING);
    }

    @ParameterizedTest
    @CsvSource({"1, 3", "2, 40", "33, 5", "1000, 33", "1500, 3"})
    void agreesForSoftLabels(int classes, int rows) {
        Tensor.Floats logits = normal(classes, rows, classes);
        Tensor.Floats shares = normal(rows, rows, classes);
        for (int i = 0; i < shares.data().length; i++) {
            shares.data()[i] = i % 5 == 0 ? 0 : Math.abs(shares.data()[i]);
        }
        LossBench.of(op(0, 0, Average.VALID), logits, shares).agrees(ROUNDING);
        LossBench.of(op(0.2, classes, Average.ALL), logits, shares).agrees(ROUNDING);
    }

    @Test
    void agreesForMaps() {
        LossBench.of(op(0.1, 21, Average.VALID), normal(1, 2, 21, 9, 11), whole(2, IGNORE, 21, 2, 9, 11))
                .agrees(ROUNDING);
    }

    @Test
    @Tag("slow")
    void addsUpManyRows() {
        // more labels than all blocks take at once: 32 blocks of 256 threads with 4 labels each
        int rows = 33000;
        LossBench.of(op(0, 2, Average.VALID), normal(1, rows, 2), whole(2, IGNORE, 2, rows))
                .agrees(ROUNDING);
        LossBench.of(hardest(0, 1000), normal(5, 1, 4, 3, 11000), whole(6, IGNORE, 4, 1, 3, 11000))
                .agrees(ROUNDING);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 40, 1030})
    void nothingThatCountsIsZeroEvenWhereLogitsAreNoNumbers(int classes) {
        Tensor.Floats logits = normal(1, 2, classes);
        logits.data()[0] = Float.NaN;
        Tensor.Ints labels = new Tensor.Ints(Shape.of(2), new int[] {IGNORE, IGNORE});
        LossBench ignored = LossBench.of(op(0.1, 0, Average.VALID), logits, labels);
        assertThat(ignored.loss()).isZero();
        assertThat(ignored.gradient()).containsOnly(0);
        LossBench weightless =
                LossBench.of(op(0, classes, Average.VALID), logits, new Tensor.Ints(Shape.of(2), new int[] {0, 0}));
        assertThat(weightless.loss()).isZero();
        assertThat(weightless.gradient()).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 40, 1030})
    void largeLogitsDoNotOverflow(int classes) {
        Tensor.Floats logits = new Tensor.Floats(Shape.of(1, classes), new float[classes]);
        Arrays.fill(logits.data(), -1000);
        logits.data()[1] = 1000;
        LossBench bench =
                LossBench.of(op(0, 0, Average.VALID), logits, new Tensor.Ints(Shape.of(1), new int[] {classes - 1}));
        assertThat(bench.loss()).isEqualTo(2000);
        float[] gradient = bench.gradient();
        assertThat(gradient[1]).isEqualTo(1);
        assertThat(gradient[classes - 1]).isEqualTo(-1);
        assertThat(gradient[0]).isZero();
        Arrays.fill(logits.data(), -1000); // all powers vanish but for the largest logit
        assertThat(bench.loss()).isCloseTo((float) Math.log(classes), within(1e-6f));
    }

    private static SoftmaxCrossEntropy hardest(double threshold, int kept) {
        return new SoftmaxCrossEntropy(0, IGNORE, List.of(), new Hardest(threshold, kept), Average.VALID);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1",
        "0, 2",
        "0, 100",
        "0, 1500",
        "0, 2999",
        "0, 100000",
        "0, 2147483647",
        "0.3, 1",
        "0.999, 1",
        "1, 1"
    })
    void countsTheHardestOfManyBlocks(double threshold, int kept) {
        int rows = 3000;
        LossBench.of(hardest(threshold, kept), normal(5, 1, 4, 1, rows), whole(6, IGNORE, 4, 1, 1, rows))
                .agrees(ROUNDING);
    }

    @Test
    void keepsAllWhereMoreAreToBeKeptThanAnIntCanSay() {
        Tensor.Floats logits = normal(5, 30, 4);
        Tensor.Ints labels = whole(6, 0, 4, 30);
        LossBench all = LossBench.of(hardest(0, Integer.MAX_VALUE), logits, labels);
        assertThat(all.gradient())
                .isEqualTo(LossBench.of(hardest(0, 29), logits, labels).gradient());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 33, 1025})
    void countsTheHardestForAnyNumberOfClasses(int classes) {
        LossBench.of(hardest(0, 9), normal(5, 40, classes), whole(6, IGNORE, classes, 40))
                .agrees(ROUNDING);
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "4, 0", "9, 0", "10, 10", "11, 10", "24, 10", "30, 10", "31, 31", "99, 31"})
    void equalOnesAtTheBoundDoNotCount(int kept, int counted) {
        // losses fall from row to row: 10 alike, 21 alike, the last 9 alike
        int rows = 40;
        float[] logits = new float[2 * rows];
        for (int i = 0; i < rows; i++) {
            logits[2 * i] = i < 10 ? -2 : i < 31 ? 0 : 3;
        }
        float[] gradient = LossBench.of(
                        hardest(0, kept),
                        new Tensor.Floats(Shape.of(1, 2, 1, rows), planes(logits)),
                        new Tensor.Ints(Shape.of(1, 1, rows), new int[rows]))
                .gradient();
        for (int i = 0; i < rows; i++) {
            assertThat(gradient[i] != 0).as("row %d", i).isEqualTo(i < counted);
        }
    }

    /** (rows, 2) as (2, rows). */
    private static float[] planes(float[] rows) {
        float[] planes = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            planes[i % 2 * rows.length / 2 + i / 2] = rows[i];
        }
        return planes;
    }

    @Test
    void thresholdsCountAsProbabilities() {
        // probabilities of the label: 1/2 and 3/4
        Tensor.Floats logits = new Tensor.Floats(Shape.of(2, 2), new float[] {1, 1, (float) Math.log(3), 0});
        Tensor.Ints labels = new Tensor.Ints(Shape.of(2), new int[2]);
        double half = Math.log(2);
        double quarters = Math.log(4 / 3.0);
        assertThat(LossBench.of(hardest(0.4, 1), logits, labels).loss()).isCloseTo((float) half, within(1e-6f));
        assertThat(LossBench.of(hardest(0.74, 1), logits, labels).loss()).isCloseTo((float) half, within(1e-6f));
        assertThat(LossBench.of(hardest(0.76, 1), logits, labels).loss())
                .isCloseTo((float) ((half + quarters) / 2), within(1e-6f));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 1030})
    void whatIsNoNumberIsAmongTheHardest(int classes) {
        Tensor.Floats logits = normal(1, 8, classes);
        logits.data()[3 * classes] = Float.NaN;
        assertThat(LossBench.of(hardest(0, 2), logits, whole(1, 0, classes, 8)).loss())
                .isNaN();
    }
}
