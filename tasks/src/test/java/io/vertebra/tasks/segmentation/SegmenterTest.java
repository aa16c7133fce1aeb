package io.vertebra.tasks.segmentation;

import static io.vertebra.tasks.segmentation.RowsOf.noise;
import static io.vertebra.tasks.segmentation.RowsOf.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Shape;
import io.vertebra.tasks.Forward;
import io.vertebra.tasks.config.EvaluateConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The network of these tests answers each pixel from that pixel alone, so that flips and windows must change nothing. */
class SegmenterTest {
    private static final Segmenter.Fit AS_IS = (row, answer) -> answer;

    /** Two classes: the first channel, and the second less the third; a session's arrays are used again. */
    private static final class PixelNet implements Forward {
        private final List<Shape> asked = new ArrayList<>();
        private float[] own = {};
        private boolean isGivenBytes;

        @Override
        public Outputs run(Map<String, Tensor> inputs) {
            Tensor given = inputs.get("input");
            isGivenBytes = given instanceof Tensor.Bytes;
            Tensor.Floats pictures = given instanceof Tensor.Bytes bytes ? bytes.floats() : (Tensor.Floats) given;
            Shape s = pictures.shape();
            asked.add(s);
            int area = s.h() * s.w();
            float[] logits = new float[s.n() * 2 * area];
            for (int n = 0; n < s.n(); n++) {
                for (int p = 0; p < area; p++) {
                    float[] in = pictures.data();
                    logits[2 * n * area + p] = in[3 * n * area + p];
                    logits[(2 * n + 1) * area + p] = in[(3 * n + 1) * area + p] - in[(3 * n + 2) * area + p];
                }
            }
            java.util.Arrays.fill(own, Float.NaN); // "valid until the next call"
            own = logits;
            return new Outputs(Map.of("seg.logits", Tensor.of(logits, s.n(), 2, s.h(), s.w())));
        }
    }

    private static EvaluateConfig how(
            EvaluateConfig.Mode mode, List<Integer> crop, List<Integer> stride, List<Double> scales, boolean flip) {
        return new EvaluateConfig(null, null, null, null, null, null, mode, crop, stride, scales, flip, null, null);
    }

    private static List<LogitRows> answer(EvaluateConfig how, Tensor pictures, Forward network) {
        return new Segmenter("seg.logits", Enlargement.of(false), how).answer(pictures, network, AS_IS);
    }

    private static Tensor.Floats pictures(int n, int height, int width) {
        return Tensor.of(noise(n * 3 * height * width, 3), n, 3, height, width);
    }

    /** What the network answers to the whole pictures. */
    private static float[] expected(Tensor.Floats pictures, int row) {
        return values(StoredLogits.of(new PixelNet().run(pictures).get("seg.logits"), row));
    }

    @Test
    void wholePicturesTakeOnePass() {
        Tensor.Floats pictures = pictures(2, 4, 5);
        PixelNet network = new PixelNet();
        List<LogitRows> answers = answer(EvaluateConfig.defaults(), pictures, network);
        assertThat(network.asked).containsExactly(Shape.of(2, 3, 4, 5));
        assertThat(answers).hasSize(2);
        assertThat(values(answers.get(1))).containsExactly(expected(pictures, 1));
    }

    @ParameterizedTest
    @CsvSource({"WHOLE, 1, false, true", "SLIDE, 1, false, false", "WHOLE, 1.5, false, false", "WHOLE, 1, true, false"})
    void picturesOfBytesGiveTheSame(EvaluateConfig.Mode mode, double scale, boolean flip, boolean handsOn) {
        byte[] samples = new byte[2 * 6 * 5 * 3];
        new java.util.Random(3).nextBytes(samples);
        Tensor.Bytes bytes = Tensor.of(samples, noise(768, 4), 2, 3, 6, 5);
        EvaluateConfig how = how(mode, List.of(4, 3), List.of(3, 2), List.of(scale), flip);
        PixelNet network = new PixelNet();
        List<LogitRows> answers = answer(how, bytes, network);
        assertThat(network.isGivenBytes).isEqualTo(handsOn);
        List<LogitRows> expected = answer(how, bytes.floats(), new PixelNet());
        for (int row = 0; row < 2; row++) {
            assertThat(values(answers.get(row))).containsExactly(values(expected.get(row)));
        }
    }

    @Test
    void windowsOfLogitsMakeTheWhole() {
        Tensor.Floats pictures = pictures(2, 7, 5);
        PixelNet network = new PixelNet();
        List<LogitRows> answers =
                answer(how(EvaluateConfig.Mode.SLIDE, List.of(4, 3), List.of(3, 2), null, false), pictures, network);
        assertThat(network.asked).hasSize(4).containsOnly(Shape.of(2, 3, 4, 3));
        for (int row = 0; row < 2; row++) {
            assertThat(values(answers.get(row))).containsExactly(expected(pictures, row), within(1e-6f));
        }
    }

    @Test
    void windowsAreNotLargerThanThePicture() {
        Tensor.Floats pictures = pictures(1, 3, 9);
        PixelNet network = new PixelNet();
        answer(how(EvaluateConfig.Mode.SLIDE, List.of(8, 6), List.of(4, 3), null, false), pictures, network);
        assertThat(network.asked).containsExactly(Shape.of(1, 3, 3, 6), Shape.of(1, 3, 3, 6));
    }

    @Test
    void mirroredPicturesAreMirroredBack() {
        Tensor.Floats pictures = pictures(2, 3, 4);
        PixelNet network = new PixelNet();
        List<LogitRows> answers = answer(how(null, null, null, null, true), pictures, network);
        assertThat(network.asked).hasSize(2);
        for (int row = 0; row < 2; row++) {
            float[] logits = expected(pictures, row);
            assertThat(values(answers.get(row)))
                    .containsExactly(values(RowsOf.logits(2, 3, 4, logits).probabilities()), within(1e-6f));
        }
    }

    /** A network that answers by the place and not by the pixel is averaged over both directions. */
    @Test
    void mirroredFormsAreAveragedAsProbabilities() {
        Forward left = p -> new Outputs(Map.of("seg.logits", Tensor.of(new float[] {0, 0, 4, 0}, 1, 2, 1, 2)));
        LogitRows answer = answer(how(null, null, null, null, true), pictures(1, 1, 2), left)
                .get(0);
        float sure = (float) (1 / (1 + Math.exp(-4)));
        float mean = (sure + 0.5f) / 2;
        assertThat(values(answer)).containsExactly(new float[] {1 - mean, 1 - mean, mean, mean}, within(1e-6f));
    }

    @Test
    void scalesAreResizedAndBroughtBack() {
        Tensor.Floats flat = Tensor.of(new float[] {1, 1, 1, 1, 5, 5, 5, 5, 2, 2, 2, 2}, 1, 3, 2, 2);
        PixelNet network = new PixelNet();
        LogitRows answer = answer(how(null, null, null, List.of(0.5, 1.0, 1.75), true), flat, network)
                .get(0);
        assertThat(network.asked).extracting(Shape::h).containsExactly(1, 1, 2, 2, 4, 4); // 3.5 is rounded up
        float sure = (float) (1 / (1 + Math.exp(-2)));
        assertThat(answer.height()).isEqualTo(2);
        assertThat(values(answer))
                .containsExactly(
                        new float[] {1 - sure, 1 - sure, 1 - sure, 1 - sure, sure, sure, sure, sure}, within(1e-6f));
    }

    @Test
    void oneOtherScaleKeepsLogits() {
        Tensor.Floats flat = Tensor.of(new float[] {1, 1, 5, 5, 2, 2}, 1, 3, 1, 2);
        LogitRows answer = answer(how(null, null, null, List.of(3.0), false), flat, new PixelNet())
                .get(0);
        assertThat(values(answer)).containsExactly(1, 1, 3, 3);
    }

    /** Softmax comes after the step to the photo's size: the two orders differ between the pixels. */
    @Test
    void probabilitiesAreTakenAtTheSizeOfThePhoto() {
        Tensor.Floats pictures = Tensor.of(new float[] {0, 0, 0, 8, 0, 0}, 1, 3, 1, 2);
        Segmenter segmenter = new Segmenter("seg.logits", Enlargement.of(true), how(null, null, null, null, true));
        LogitRows answer = segmenter
                .answer(
                        pictures,
                        new PixelNet(),
                        (row, rows) -> Enlarged.of(rows, new io.vertebra.images.Size(1, 3), true))
                .get(0);
        assertThat(values(answer)[4]).isCloseTo((float) (1 / (1 + Math.exp(-4))), within(1e-6f));
    }

    @Test
    void theFitIsToldTheRow() {
        List<Integer> rows = new ArrayList<>();
        new Segmenter("seg.logits", Enlargement.of(false), EvaluateConfig.defaults())
                .answer(pictures(3, 2, 2), new PixelNet(), (row, answer) -> {
                    rows.add(row);
                    return answer;
                });
        assertThat(rows).containsExactly(0, 1, 2);
    }

    @Test
    void aDivergedNetworkIsNamed() {
        Forward broken =
                p -> new Outputs(Map.of("seg.logits", Tensor.of(new float[] {0, 1, Float.NaN, 0}, 1, 2, 1, 2)));
        assertThatThrownBy(() -> answer(EvaluateConfig.defaults(), pictures(1, 1, 2), broken))
                .isInstanceOf(GraphException.class)
                .hasMessage("seg.logits: has NaN at place 2; the network has diverged");
    }

    @Test
    void planesAreCutMirroredAndResized() {
        Tensor.Floats two = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 1, 2, 2, 3);
        Tensor.Floats window = Planes.window(two, 1, 1, 1, 2);
        assertThat(window.shape()).isEqualTo(Shape.of(1, 2, 1, 2));
        assertThat(window.data()).containsExactly(5, 6, 11, 12);
        assertThat(Planes.mirrored(two).data()).containsExactly(3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10);
        assertThat(Planes.resized(two, 1)).isSameAs(two);
        Tensor.Floats wide = Planes.resized(Tensor.of(new float[] {0, 4, 10, 30}, 2, 1, 1, 2), 2);
        assertThat(wide.shape()).isEqualTo(Shape.of(2, 1, 2, 4));
        assertThat(wide.data()).containsExactly(0, 1, 3, 4, 0, 1, 3, 4, 10, 15, 25, 30, 10, 15, 25, 30);
        Tensor.Floats planes = Planes.resized(Tensor.of(new float[] {1, 2, 3, 4}, 2, 2, 1, 1), 2);
        assertThat(planes.data()).containsExactly(1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4);
        assertThat(Planes.resized(two, 0.1).shape()).isEqualTo(Shape.of(1, 2, 1, 1));
    }
}
