package io.vertebra.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.region.BalancedSampler;
import io.vertebra.graph.region.BoxCoder;
import io.vertebra.graph.region.Matcher;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Decoding of a few regions that are looked through by hand. */
class TwoStageDetectorTest {
    private static final Size PICTURES = new Size(64, 96);
    private static final Size PICTURE = new Size(40, 60);
    private static final int CLASSES = 3;
    private static final BoxCoder ANCHOR_CODER = new BoxCoder(1, 1, 1, 1, BoxCoder.Order.X_FIRST);
    private static final Matcher MATCHER = new Matcher(0.7, 0.3, true);
    private static final BalancedSampler SAMPLER = new BalancedSampler(8, 0.5);

    private static TwoStageDetector detector(double score, double overlap, int most, double minSide) {
        GraphBuilder g = new GraphBuilder();
        g.output("level.0", g.maxPool(g.image(3, Shape.ANY, Shape.ANY), 2, 2, 0));
        AnchorLayout layout = (picture, grids) -> {
            assertThat(grids).containsExactly(new Size(picture.height() / 2, picture.width() / 2));
            return new float[] {0, 0, picture.width(), picture.height()};
        };
        return new TwoStageDetector(
                new LevelSizes(g.build()),
                new TwoStageDetector.Proposing(layout, ANCHOR_CODER, MATCHER, SAMPLER, 7),
                new TwoStageDetector.Detecting(BoxCoder.torchvision(), score, overlap, most, minSide));
    }

    /** The second picture's are the third and fourth; the fifth has no area. */
    private static final float[] PROPOSALS = {
        0, 1, 1, 9, 9, //
        0, 1, 1, 9, 9, //
        1, 10, 10, 30, 20, //
        1, 40, 10, 60, 30, //
        1, 0, 0, 0, 0
    };

    private static final float[] LOGITS = {
        0, 9, 0, //
        0, 0, 9, //
        0, 3, 1, //
        1, 0, 4, //
        0, 9, 9
    };

    private static float[] encodings() {
        float[] encodings = new float[PROPOSALS.length / 5 * 4 * CLASSES];
        int region = 2 * 4 * CLASSES; // the third: its class 1 lies half a width to the right, its class 2 as it is
        encodings[region + 4] = 5;
        encodings[region + 12 + 8 + 2] = 5 * (float) Math.log(3); // the fourth: class 2 is three times as wide
        return encodings;
    }

    private static Detections decode(TwoStageDetector detector, int row) {
        return detector.decode(PROPOSALS, LOGITS, encodings(), row, CLASSES, PICTURE);
    }

    @Test
    void takesTheBoxOfEachClassOfThePicturesOwnRegions() {
        Detections found = decode(detector(0.1, 0.5, 10, 1e-2), 1);
        assertThat(found.classes()).containsExactly(2, 1, 2);
        assertThat(found.scores()[0]).isCloseTo(0.936240f, within(1e-6f)); // e⁴ / (e¹ + e⁰ + e⁴)
        assertThat(found.scores()[1]).isCloseTo(0.843795f, within(1e-6f)); // e³ / (e⁰ + e³ + e¹)
        assertThat(found.scores()[2]).isCloseTo(0.114195f, within(1e-6f)); // e¹ / (e⁰ + e³ + e¹)
        assertThat(found.boxes())
                .containsExactly(
                        new float[] {20, 10, 60, 30, 20, 10, 40, 20, 10, 10, 30, 20}, within(1e-4f)); // cut off at 60
        assertThat(decode(detector(0.1, 0.5, 10, 1e-2), 0).classes()).containsExactly(1, 2);
        assertThat(decode(detector(0.1, 0.5, 10, 1e-2), 2).count()).isZero();
    }

    @Test
    void keepsWhatIsAboveTheScore() {
        float score = decode(detector(0.1, 0.5, 10, 1e-2), 1).scores()[2];
        assertThat(decode(detector(score, 0.5, 10, 1e-2), 1).count()).isEqualTo(2);
        assertThat(decode(detector(Math.nextDown(score), 0.5, 10, 1e-2), 1).count())
                .isEqualTo(3);
    }

    @Test
    void givesTheBestOnly() {
        Detections found = decode(detector(0.1, 0.5, 1, 1e-2), 1);
        assertThat(found.classes()).containsExactly(2);
        assertThat(found.boxes()).hasSize(4);
    }

    /** The box of class 2 of the third region covers a quarter of that of the fourth: IoU 100 / (800 + 200 − 100). */
    @Test
    void comparesBoxesOfOneClass() {
        assertThat(decode(detector(0.1, 0.1, 10, 1e-2), 1).classes()).containsExactly(2, 1);
        assertThat(decode(detector(0.1, 0.12, 10, 1e-2), 1).classes()).containsExactly(2, 1, 2);
    }

    @Test
    void dropsBoxesWithoutSize() {
        assertThat(decode(detector(0.1, 0.5, 10, 20), 1).classes()).containsExactly(2);
        assertThat(decode(detector(0.1, 0.5, 10, 20.001), 1).count()).isZero();
    }

    @Test
    void holdsMoreThanItHasRoomForAtFirst() {
        int regions = 100;
        float[] proposals = new float[5 * regions];
        float[] logits = new float[2 * regions];
        for (int i = 0; i < regions; i++) {
            proposals[5 * i + 1] = i % 10 * 5;
            proposals[5 * i + 2] = i / 10 * 3;
            proposals[5 * i + 3] = i % 10 * 5 + 4;
            proposals[5 * i + 4] = i / 10 * 3 + 2;
            logits[2 * i + 1] = i * 0.01f;
        }
        Detections found =
                detector(0.1, 0.5, 1000, 1e-2).decode(proposals, logits, new float[8 * regions], 0, 2, PICTURE);
        assertThat(found.count()).isEqualTo(regions);
        assertThat(Arrays.copyOf(found.boxes(), 4)).containsExactly(45, 27, 49, 29);
        assertThat(found.boxes()[4 * 99]).isZero();
    }

    @Test
    void readsTensorsByName() {
        TwoStageDetector detector = detector(0.1, 0.5, 10, 1e-2);
        assertThat(detector.outputs()).containsExactly("proposals", "roi.class_logits", "roi.box_encodings");
        Map<String, Tensor.Floats> outputs = Map.of(
                "proposals", Tensor.of(PROPOSALS, 5, 5),
                "roi.class_logits", Tensor.of(LOGITS, 5, 3),
                "roi.box_encodings", Tensor.of(encodings(), 5, 12));
        assertThat(detector.decode(outputs::get, 1, PICTURES, PICTURE).boxes())
                .isEqualTo(decode(detector, 1).boxes());
    }

    @Test
    void saysHowAnchorsAreTaught() {
        TwoStageDetector detector = detector(0.1, 0.5, 10, 1e-2);
        assertThat(detector.anchors(PICTURES)).containsExactly(0, 0, 96, 64);
        assertThat(detector.anchors(PICTURES)).isSameAs(detector.anchors(new Size(64, 96)));
        assertThat(detector.anchorCoder()).isSameAs(ANCHOR_CODER);
        assertThat(detector.anchorMatcher()).isSameAs(MATCHER);
        assertThat(detector.anchorSampler()).isSameAs(SAMPLER);
        assertThat(detector.truths()).isEqualTo(7);
    }

    @Test
    void refusesOutputsThatDoNotFit() {
        TwoStageDetector detector = detector(0.1, 0.5, 10, 1e-2);
        assertThatThrownBy(
                        () -> detector.decode(Arrays.copyOf(PROPOSALS, 24), LOGITS, encodings(), 0, CLASSES, PICTURE))
                .isInstanceOf(GraphException.class)
                .hasMessage("proposals: have 24 numbers, the proposals need 20");
        assertThatThrownBy(
                        () -> detector.decode(PROPOSALS, Arrays.copyOf(LOGITS, 14), encodings(), 0, CLASSES, PICTURE))
                .hasMessage("roi.class_logits: have 14 numbers, the proposals need 15");
        assertThatThrownBy(() -> detector.decode(PROPOSALS, LOGITS, new float[59], 0, CLASSES, PICTURE))
                .hasMessage("roi.box_encodings: have 59 numbers, the proposals need 60");
    }

    @Test
    void refusesNumbersThatAreNone() {
        TwoStageDetector detector = detector(0.1, 0.5, 10, 1e-2);
        float[] logits = LOGITS.clone();
        logits[7] = Float.NaN;
        assertThatThrownBy(() -> detector.decode(PROPOSALS, logits, encodings(), 1, CLASSES, PICTURE))
                .isInstanceOf(GraphException.class)
                .hasMessage("scores: region 2, class 1: NaN");
        float[] encodings = encodings();
        encodings[2 * 12 + 4] = Float.NaN;
        assertThatThrownBy(() -> detector.decode(PROPOSALS, LOGITS, encodings, 1, CLASSES, PICTURE))
                .isInstanceOf(GraphException.class)
                .hasMessage("boxes: hold NaN");
    }
}
