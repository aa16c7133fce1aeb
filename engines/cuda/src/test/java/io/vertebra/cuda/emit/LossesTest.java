package io.vertebra.cuda.emit;

import static io.vertebra.cuda.emit.LossBench.normal;
import static io.vertebra.cuda.emit.LossBench.whole;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.BoxSmoothL1;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.HardNegativeCrossEntropy;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SigmoidFocal;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.op.SoftmaxDice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the contract of all engines does not reach: several partial sums, ties, runs of anchors, sums of many losses. */
@Execution(ExecutionMode.CONCURRENT)
class LossesTest {
    private static final double ROUNDING = 2e-5;

    @ParameterizedTest
    @CsvSource({"1, 5, 33, 40", "2, 3, 40, 41", "9, 32, 1, 1", "1, 33, 17, 61", "2, 70, 5, 5"})
    void diceAddsUpChunksOfPositionsAndGroupsOfClasses(int pictures, int classes, int height, int width) {
        LossBench.of(
                        new SoftmaxDice(0.5, 255),
                        normal(1, pictures, classes, height, width),
                        ignored(whole(2, -1, classes, pictures, height, width)))
                .agrees(ROUNDING);
    }

    private static Tensor.Ints ignored(Tensor.Ints labels) {
        for (int i = 0; i < labels.data().length; i++) {
            labels.data()[i] = labels.data()[i] < 0 ? 255 : labels.data()[i];
        }
        return labels;
    }

    /** Which anchors of one picture have a gradient, for logits of two classes that say how hard a background is. */
    private static String chosen(double ratio, int least, float[] hardness, int... labels) {
        float[] logits = new float[2 * hardness.length];
        for (int i = 0; i < hardness.length; i++) {
            logits[2 * i + 1] = hardness[i];
        }
        float[] gradient = LossBench.of(
                        new HardNegativeCrossEntropy(ratio, least),
                        new Tensor.Floats(Shape.of(1, labels.length, 2), logits),
                        new Tensor.Ints(Shape.of(1, labels.length), labels))
                .gradient();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < labels.length; i++) {
            text.append(gradient[2 * i] != 0 ? 'x' : '.');
        }
        return text.toString();
    }

    @Test
    void takesTheHardestBackgroundOfAPicture() {
        float[] hardness = {1, 5, 3, 9, 4, 9};
        assertThat(chosen(1, 0, hardness, 0, 0, 0, -1, 0, 1)).isEqualTo(".x...x");
        assertThat(chosen(2.9, 0, hardness, 0, 0, 0, -1, 0, 1)).isEqualTo(".x..xx");
        assertThat(chosen(9, 0, hardness, 0, 0, 0, -1, 0, 1)).isEqualTo("xxx.xx");
        assertThat(chosen(0, 0, hardness, 0, 0, 0, -1, 0, 1)).isEqualTo(".....x");
        assertThat(chosen(3, 0, hardness, 0, 0, 0, -1, 0, 0)).isEqualTo("......");
        assertThat(chosen(3, 2, hardness, 0, 0, 0, -1, 0, 0)).isEqualTo(".x...x");
        assertThat(chosen(1, 3, hardness, 0, 0, 0, -1, 0, 1)).isEqualTo(".xx.xx");
    }

    @Test
    void theEarlierOfEqualOnesCount() {
        assertThat(chosen(2, 0, new float[] {3, 3, 4, 3, 0}, 0, 0, 0, 0, 1)).isEqualTo("x.x.x");
        assertThat(chosen(3, 0, new float[] {3, 3, 4, 3, 0}, 0, 0, 0, 0, 1)).isEqualTo("xxx.x");
    }

    @Test
    void aRatioIsExact() {
        // in float, 0.7 · 10 is below 7
        int[] labels = new int[20];
        java.util.Arrays.fill(labels, 0, 10, 1);
        assertThat(chosen(0.7, 0, new float[20], labels)).isEqualTo("xxxxxxxxxxxxxxxxx...");
    }

    @ParameterizedTest
    @CsvSource({"100, 3, 0", "1024, 0.5, 1", "1025, 3, 700", "2500, 0.01, 3"})
    @Tag("slow")
    void agreesForMoreAnchorsThanThreadsAndManyEqualLosses(int anchors, double ratio, int least) {
        int pictures = 3;
        Tensor.Ints labels = whole(3, -8, 5, pictures, anchors);
        for (int i = 0; i < labels.data().length; i++) {
            int label = labels.data()[i];
            labels.data()[i] = label == -8 ? -1 : Math.max(0, label); // mostly background, some ignored
        }
        Tensor.Floats logits = normal(4, pictures, anchors, 5);
        for (int i = 0; i < logits.data().length; i += 5) {
            // backgrounds are of three kinds
            float hard = whole(i, -1, 2, 1).data()[0];
            logits.data()[i] = hard;
            java.util.Arrays.fill(logits.data(), i + 1, i + 5, 0);
        }
        LossBench.of(new HardNegativeCrossEntropy(ratio, least), logits, labels).agrees(ROUNDING);
    }

    @Test
    void agreesForNegativesOfEveryKind() {
        Tensor.Ints labels = whole(3, -1, 3, 2, 1500);
        LossBench.of(new HardNegativeCrossEntropy(0.3, 0), normal(4, 2, 1500, 3), labels)
                .agrees(ROUNDING);
    }

    @Test
    void aBackgroundThatIsNoNumberIsTheHardest() {
        Tensor.Floats logits = normal(4, 1, 50, 3);
        logits.data()[3 * 20] = Float.NaN;
        int[] labels = new int[50];
        labels[7] = 1;
        assertThat(LossBench.of(new HardNegativeCrossEntropy(1, 0), logits, new Tensor.Ints(Shape.of(1, 50), labels))
                        .loss())
                .isNaN();
    }

    @ParameterizedTest
    @CsvSource({"1, 0.25, 2", "7, -1, 0", "7, 0.9, 1.5", "91, 0.25, 2"})
    void focalAddsUpManyElements(int columns, double alpha, double gamma) {
        // 32 blocks of 256 threads take several turns
        int anchors = 17000 / columns;
        LossBench.of(
                        new SigmoidFocal(alpha, gamma, columns == 1),
                        normal(1, 2, anchors, columns),
                        whole(2, -1, columns, 2, anchors))
                .agrees(ROUNDING);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5})
    @Tag("slow")
    void boxesAddUpManyAnchors(double beta) {
        int anchors = 9000;
        Tensor.Floats boxes = normal(1, 2, anchors, 4);
        Tensor.Floats targets = normal(2, 2, anchors, 4);
        boxes.data()[0] = targets.data()[0]; // no way to go
        Tensor.Ints labels = whole(3, -1, 3, 2, anchors);
        labels.data()[0] = 1;
        LossBench.of(new BoxSmoothL1(beta), boxes, targets, labels).agrees(ROUNDING);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 5, 8, 9})
    void sumsAreOfAnyNumberOfLosses(int losses) {
        GraphBuilder g = new GraphBuilder();
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        List<Node> terms = new ArrayList<>();
        List<Double> weights = new ArrayList<>();
        Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
        inputs.put("labels", whole(1, 0, 3, 6));
        for (int i = 0; i < losses; i++) {
            String name = i == losses - 1 ? "input" : "input_" + i; // the last is differentiated
            Node logits = g.input(name, DataType.F32, Shape.of(Shape.ANY, 3));
            inputs.put(name, normal(i, 6, 3));
            terms.add(g.apply(new SoftmaxCrossEntropy(0, -1), logits, labels));
            weights.add(0.5 + i);
        }
        g.output("loss", g.weightedSum(terms, weights));
        LossBench.of(g.build(), new Batch(inputs)).agrees(ROUNDING);
    }
}
