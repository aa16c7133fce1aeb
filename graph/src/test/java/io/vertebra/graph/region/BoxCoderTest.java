package io.vertebra.graph.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class BoxCoderTest {

    private static final float[] ANCHOR = {0, 0, 10, 20};

    @TestFactory
    Stream<DynamicTest> decodesWhatItEncodes() {
        return Seeded.cases(100, random -> {
            float[] anchors = Seeded.boxes(random, 12);
            float[] boxes = Seeded.boxes(random, 12);
            for (BoxCoder coder : new BoxCoder[] {BoxCoder.torchvision(), BoxCoder.tensorflow()}) {
                Close.absolute(coder.decode(coder.encode(boxes, anchors), anchors), boxes, 1e-3);
                assertThat(coder.encode(anchors, anchors)).containsOnly(0);
            }
            for (boolean normalized : new boolean[] {false, true}) {
                LinearBoxCoder coder = new LinearBoxCoder(normalized);
                Close.absolute(coder.decode(coder.encode(boxes, anchors), anchors), boxes, 1e-3);
            }
        });
    }

    @Test
    void theirOrdersDiffer() {
        float[] box = {2, 0, 22, 20}; // 7 to the right, twice as wide
        float log = (float) Math.log(2);
        Close.absolute(BoxCoder.torchvision().encode(box, ANCHOR), new float[] {7, 0, 5 * log, 0}, 1e-6);
        Close.absolute(BoxCoder.tensorflow().encode(box, ANCHOR), new float[] {0, 7, 0, 5 * log}, 1e-6);
    }

    @Test
    void writesInPlaceBetweenOthers() {
        float[] codes = {9, 9, 9, 9, 9, 9};
        BoxCoder.torchvision().encode(new float[] {1, 1, 2, 2, 2, 0, 22, 20}, 1, ANCHOR, 0, codes, 1);
        float width = (float) (5 * Math.log(2));
        Close.absolute(codes, new float[] {9, 7, 0, width, 0, 9}, 1e-6);
        float[] boxes = new float[6];
        BoxCoder.torchvision().decode(codes, 1, ANCHOR, 0, boxes, 2);
        Close.absolute(boxes, new float[] {0, 0, 2, 0, 22, 20}, 1e-5);
    }

    @Test
    void noCodeGivesMoreThan62TimesTheAnchor() {
        float[] boxes = BoxCoder.torchvision().decode(new float[] {0, 0, 1e30f, 30}, ANCHOR);
        Close.absolute(boxes, new float[] {5 - 312.5f, 10 - 625, 5 + 312.5f, 10 + 625}, 1e-2);
        float[] small = BoxCoder.tensorflow().decode(new float[] {0, 0, -1e30f, -1e30f}, ANCHOR);
        assertThat(small).containsExactly(5, 10, 5, 10);
    }

    @Test
    void nothingGivesNothing() {
        assertThat(BoxCoder.torchvision().decode(new float[0], new float[0])).isEmpty();
        assertThat(BoxCoder.torchvision().encode(new float[0], new float[0])).isEmpty();
    }

    @Test
    void refusesWhatHasNoLogarithm() {
        BoxCoder coder = BoxCoder.torchvision();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> coder.encode(new float[] {1, 1, 1, 2}, ANCHOR))
                .withMessage("box: 0 has width 0.0, needs an area");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> coder.encode(ANCHOR, new float[] {1, 2, 3, 1}))
                .withMessage("anchor: 0 has height -1.0, needs an area");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> coder.encode(new float[8], ANCHOR))
                .withMessage("anchors: has 4 numbers, needs 8");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> coder.decode(new float[6], ANCHOR))
                .withMessage("codes: has 6 numbers, no multiple of 4");
        assertThatIllegalArgumentException().isThrownBy(() -> coder.decode(new float[4], new float[0]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> coder.decode(new float[] {0, Float.NaN, 0, 0}, ANCHOR))
                .withMessage("codes: number 1 is NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LinearBoxCoder(true).encode(ANCHOR, new float[] {1, 1, 1, 2}))
                .withMessage("anchors: 0 has no area");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LinearBoxCoder(false).decode(new float[8], ANCHOR))
                .withMessage("codes: has 8 numbers, needs 4");
        assertThat(new LinearBoxCoder(false).encode(ANCHOR, new float[4])).containsExactly(0, 0, 10, 20);
    }

    @Test
    void refusesWeightsThatDivideByZero() {
        for (int bad = 0; bad < 4; bad++) {
            double[] weights = {1, 1, 1, 1};
            weights[bad] = 0;
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () -> new BoxCoder(weights[0], weights[1], weights[2], weights[3], BoxCoder.Order.X_FIRST))
                    .withMessageEndingWith("must be above 0, is 0.0");
        }
    }
}
