package io.vertebra.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.region.BoxCoder;
import io.vertebra.graph.region.ClassNms;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Decoding with two anchors that are looked through by hand. */
class DenseDetectorTest {
    private static final Size PICTURE = new Size(40, 60);
    private static final int CLASSES = 3;
    private static final float[] ANCHORS = {0, 0, 20, 20, 50, 10, 70, 30};

    private int laidOut;

    private DenseDetector detector(DenseDetector.Scores scores, boolean clipsFirst, double score) {
        GraphBuilder g = new GraphBuilder();
        g.output("level.0", g.maxPool(g.image(3, Shape.ANY, Shape.ANY), 2, 2, 0));
        AnchorLayout layout = (picture, grids) -> {
            laidOut++;
            assertThat(grids).containsExactly(new Size(picture.height() / 2, picture.width() / 2));
            return ANCHORS;
        };
        ClassNms limits = new ClassNms(score, 0.5, 10, 10, 10);
        return new DenseDetector(
                new LevelSizes(g.build()),
                new DenseDetector.Recipe(layout, BoxCoder.torchvision(), scores, limits, clipsFirst));
    }

    /** A batch of two pictures; only row 1 has what is looked for. */
    private static final float[] LOGITS = {
        9,
        9,
        9,
        9,
        9,
        9, //
        0,
        2,
        -3, // anchor 0 shows class 1
        1,
        -4,
        3 // anchor 1 shows class 2
    };

    private static final float[] CODES = {
        9,
        9,
        9,
        9,
        9,
        9,
        9,
        9, //
        0,
        0,
        0,
        0, // as the anchor
        5,
        0,
        0,
        5 * (float) Math.log(2) // half its width to the right, twice as high
    };

    @Test
    void readsTheRowOfAPictureInABatch() {
        Detections found = detector(DenseDetector.Scores.SIGMOID, true, 0.5).decode(LOGITS, CODES, 1, CLASSES, PICTURE);
        assertThat(found.count()).isEqualTo(2);
        assertThat(found.classes()).containsExactly(2, 1);
        assertThat(found.scores()[0]).isCloseTo(0.95257413f, within(1e-6f)); // 1 / (1 + e⁻³)
        assertThat(found.scores()[1]).isCloseTo(0.880797f, within(1e-6f)); // 1 / (1 + e⁻²)
        assertThat(found.boxes()).containsExactly(new float[] {60, 0, 60, 40, 0, 0, 20, 20}, within(1e-4f));
    }

    @Test
    void comparesTheBackgroundInASoftmax() {
        Detections found = detector(DenseDetector.Scores.SOFTMAX, true, 0.5).decode(LOGITS, CODES, 1, CLASSES, PICTURE);
        assertThat(found.classes()).containsExactly(2, 1);
        assertThat(found.scores()[0]).isCloseTo(0.88009f, within(1e-5f)); // e³ / (e¹ + e⁻⁴ + e³)
        assertThat(found.scores()[1]).isCloseTo(0.87560f, within(1e-5f)); // e² / (e⁰ + e² + e⁻³)
    }

    @ParameterizedTest
    @EnumSource
    void leavesOutWhatTheThresholdExcludes(DenseDetector.Scores scores) {
        Detections found = detector(scores, true, 0.9).decode(LOGITS, CODES, 1, CLASSES, PICTURE);
        assertThat(found.count()).isEqualTo(scores == DenseDetector.Scores.SIGMOID ? 1 : 0);
        Detections none = detector(scores, true, 0.99).decode(LOGITS, CODES, 1, CLASSES, PICTURE);
        assertThat(none.count()).isZero();
        assertThat(none.boxes()).isEmpty();
    }

    /** Boxes −20..40 and −10..10 wide, cut off 0..40 and 0..10. */
    @Test
    void clipsBeforeOrAfterTheComparison() {
        float[] logits = {0, 5, 0, 0, 4, 0};
        float wide = 5 * (float) Math.log(3);
        float[] apart = {0, 0, wide, 0, -30, -5, 0, 0}; // −20..40 and −10..10: IoU 1/3, cut off 1/4
        assertThat(detector(DenseDetector.Scores.SIGMOID, true, 0.5)
                        .with(new ClassNms(0.5, 0.3, 10, 10, 10))
                        .decode(logits, apart, 0, CLASSES, PICTURE)
                        .count())
                .isEqualTo(2);
        Detections whole = detector(DenseDetector.Scores.SIGMOID, false, 0.5)
                .with(new ClassNms(0.5, 0.3, 10, 10, 10))
                .decode(logits, apart, 0, CLASSES, PICTURE);
        assertThat(whole.count()).isEqualTo(1);
        assertThat(whole.boxes()).containsExactly(new float[] {0, 0, 40, 20}, within(1e-4f));
    }

    @Test
    void remembersAnchorsBySize() {
        DenseDetector detector = detector(DenseDetector.Scores.SIGMOID, true, 0.5);
        assertThat(detector.anchors(PICTURE)).isSameAs(detector.anchors(new Size(40, 60)));
        assertThat(laidOut).isEqualTo(1);
        for (int side = 2; side < 200; side += 2) {
            detector.anchors(Size.of(side));
        }
        assertThat(laidOut).isEqualTo(100);
        detector.anchors(Size.of(198));
        assertThat(laidOut).isEqualTo(100);
        detector.anchors(PICTURE); // forgotten by now
        assertThat(laidOut).isEqualTo(101);
    }

    @Test
    void refusesOutputsOfAnotherLength() {
        DenseDetector detector = detector(DenseDetector.Scores.SIGMOID, true, 0.5);
        assertThatThrownBy(() -> detector.decode(Arrays.copyOf(LOGITS, 11), CODES, 0, CLASSES, PICTURE))
                .isInstanceOf(GraphException.class)
                .hasMessage("class_logits: have 11 numbers, picture 0 needs 6 from 0 on");
        assertThatThrownBy(() -> detector.decode(LOGITS, Arrays.copyOf(CODES, 8), 1, CLASSES, PICTURE))
                .hasMessage("box_encodings: have 8 numbers, picture 1 needs 8 from 8 on");
        assertThatThrownBy(() -> detector.decode(LOGITS, CODES, 2, CLASSES, PICTURE))
                .isInstanceOf(GraphException.class);
        assertThatThrownBy(() -> detector.decode(LOGITS, CODES, -1, CLASSES, PICTURE))
                .isInstanceOf(GraphException.class);
    }

    @ParameterizedTest
    @EnumSource
    void refusesNumbersThatAreNone(DenseDetector.Scores scores) {
        float[] logits = LOGITS.clone();
        logits[7] = Float.NaN;
        assertThatThrownBy(() -> detector(scores, true, 0.5).decode(logits, CODES, 1, CLASSES, PICTURE))
                .isInstanceOf(GraphException.class);
        float[] codes = CODES.clone();
        codes[9] = Float.NaN;
        assertThatThrownBy(() -> detector(scores, false, 0.5).decode(LOGITS, codes, 1, CLASSES, PICTURE))
                .isInstanceOf(GraphException.class);
    }

    @Test
    void takesOtherLimits() {
        DenseDetector detector = detector(DenseDetector.Scores.SIGMOID, true, 0.5);
        ClassNms one = new ClassNms(0.5, 0.5, 10, 10, 1);
        assertThat(detector.with(one).decode(LOGITS, CODES, 1, CLASSES, PICTURE).count())
                .isEqualTo(1);
        assertThat(detector.with(one).selection()).isEqualTo(one);
        assertThat(detector.with(one).scores()).isEqualTo(DenseDetector.Scores.SIGMOID);
        assertThat(detector.with(one).coder())
                .isSameAs(detector.with(one).with(detector.selection()).coder());
    }

    @Test
    void detectionsHaveOneLength() {
        assertThatThrownBy(() -> new Detections(new float[4], new float[2], new int[2]))
                .hasMessage("detections: have 4 numbers of boxes, 2 scores and 2 classes");
        assertThatThrownBy(() -> new Detections(new float[8], new float[2], new int[1]))
                .isInstanceOf(GraphException.class);
    }
}
