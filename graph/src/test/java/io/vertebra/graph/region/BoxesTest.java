package io.vertebra.graph.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vertebra.graph.op.Size;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BoxesTest {

    private static final float[] UNIT = {0, 0, 1, 1};

    @TestFactory
    Stream<DynamicTest> overlapIsSymmetricAndOneWithItself() {
        return Seeded.cases(100, random -> {
            float[] a = Seeded.boxes(random, 9);
            float[] b = Seeded.boxes(random, 7);
            for (Overlap overlap : Overlap.values()) {
                float[] forth = overlap.matrix(a, b);
                float[] back = overlap.matrix(b, a);
                float[] self = overlap.matrix(a, a);
                for (int i = 0; i < 9; i++) {
                    assertThat(self[i * 9 + i]).isEqualTo(1);
                    for (int j = 0; j < 7; j++) {
                        assertThat(forth[i * 7 + j]).isEqualTo(back[j * 9 + i]);
                    }
                }
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> penaltiesLowerIouByAtMostOneOrTwo() {
        return Seeded.cases(100, random -> {
            float[] a = Seeded.boxes(random, 9);
            float[] b = Seeded.boxes(random, 7);
            float[] iou = Overlap.IOU.matrix(a, b);
            float[] giou = Overlap.GIOU.matrix(a, b);
            float[] diou = Overlap.DIOU.matrix(a, b);
            float[] ciou = Overlap.CIOU.matrix(a, b);
            for (int i = 0; i < iou.length; i++) {
                assertThat(iou[i]).isBetween(0f, 1f);
                assertThat(giou[i]).isBetween(iou[i] - 1, iou[i] + 1e-6f);
                assertThat(diou[i]).isBetween(iou[i] - 1, iou[i]);
                assertThat(ciou[i]).isBetween(iou[i] - 2, diou[i]);
            }
        });
    }

    /** Conventions where torchvision divides 0 by 0. */
    @ParameterizedTest
    @EnumSource
    void pointsOverlapNothing(Overlap overlap) {
        float[] points = {3, 3, 3, 3, 3, 3, 3, 3};
        assertThat(overlap.matrix(points, points)).containsOnly(0);
    }

    @Test
    void linesHaveNoAspectThatIsNoNumber() {
        float[] lines = {0, 0, 4, 0, 0, 0, 0, 4, 5, 5, 5, 5};
        for (Overlap overlap : Overlap.values()) {
            for (float value : overlap.matrix(lines, lines)) {
                assertThat(value).isBetween(-2f, 0f);
            }
        }
        // a line along x and one along y from the same corner: centres 2√2 apart, diagonal 4√2, angles a quarter turn
        // apart
        assertThat(Overlap.CIOU.matrix(lines, lines)[1]).isEqualTo(-0.25f - 0.5f);
    }

    @Test
    void boxesThatEndBeforeTheyStartAreEmpty() {
        float[] turned = {5, 0, 2, 3, 0, 5, 3, 2, 5, 5, 2, 2};
        assertThat(Boxes.areas(turned)).containsExactly(0, 0, 0);
        assertThat(Overlap.IOU.matrix(turned, new float[] {0, 0, 9, 9})).containsOnly(0);
        assertThat(Boxes.withoutSmall(turned, 1)).isEmpty();
        assertThat(Boxes.withoutSmall(turned, 0)).containsExactly(0, 1, 2);
    }

    @Test
    void touchingBoxesHaveNothingInCommon() {
        assertThat(Overlap.IOU.matrix(UNIT, new float[] {1, 0, 2, 1, 0, 1, 1, 2, 0.5f, 0, 1.5f, 1}))
                .containsExactly(0, 0, 0.5f / 1.5f);
        assertThat(Overlap.GIOU.matrix(UNIT, new float[] {2, 0, 3, 1})).containsExactly(-1f / 3);
    }

    @TestFactory
    Stream<DynamicTest> formatsGoThereAndBack() {
        return Seeded.cases(50, random -> {
            float[] boxes = Seeded.boxes(random, 5);
            for (Boxes.Format to : Boxes.Format.values()) {
                float[] there = Boxes.convert(boxes, Boxes.Format.XYXY, to);
                Close.absolute(Boxes.convert(there, to, Boxes.Format.XYXY), boxes, 2e-5);
                for (Boxes.Format third : Boxes.Format.values()) {
                    Close.absolute(
                            Boxes.convert(there, to, third), Boxes.convert(boxes, Boxes.Format.XYXY, third), 2e-5);
                }
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> clippedBoxesLieInThePicture() {
        return Seeded.cases(50, random -> {
            Size picture = new Size(40, 70);
            float[] boxes = Seeded.boxes(random, 9);
            float[] clipped = Boxes.clip(boxes, picture);
            assertThat(Boxes.clip(clipped, picture)).isEqualTo(clipped);
            for (int i = 0; i < 9; i++) {
                assertThat(Boxes.take(clipped, new int[] {i})[0]).isBetween(0f, 70f);
                assertThat(clipped[4 * i + 1]).isBetween(0f, 40f);
                assertThat(clipped[4 * i + 2]).isBetween(clipped[4 * i], 70f);
                assertThat(clipped[4 * i + 3]).isBetween(clipped[4 * i + 1], 40f);
            }
        });
    }

    @Test
    void takesRowsInTheGivenOrder() {
        float[] boxes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
        assertThat(Boxes.count(boxes)).isEqualTo(3);
        assertThat(Boxes.take(boxes, new int[] {2, 0, 2})).containsExactly(8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Boxes.take(boxes, new int[] {3}))
                .withMessage("indices: 3 of 3 boxes");
        assertThatIllegalArgumentException().isThrownBy(() -> Boxes.take(boxes, new int[] {-1}));
    }

    @Test
    void masksGiveTheirLastPixelAndEmptyOnesNothing() {
        byte[] masks = new byte[2 * 3 * 4];
        masks[1 * 4 + 2] = -1;
        masks[2 * 4 + 1] = 1;
        assertThat(Boxes.ofMasks(masks, new Size(3, 4))).containsExactly(1, 1, 2, 2, 0, 0, 0, 0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Boxes.ofMasks(new byte[13], new Size(3, 4)))
                .withMessage("masks: has 13 pixels, no multiple of 3x4");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Boxes.ofMasks(new byte[0], new Size(50_000, 50_000)))
                .withMessageContaining("more than 2147483647 numbers");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Boxes.ofMasks(new byte[0], new Size(0, 4)))
                .withMessageStartingWith("size: ");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0x1.1p60f})
    void refusesWhatIsNoCoordinate(float bad) {
        float[] boxes = {0, 0, 1, 1, 0, 0, 1, bad};
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Boxes.areas(boxes))
                .withMessage("boxes: number 7 is " + bad + ", no coordinate");
        assertThatIllegalArgumentException().isThrownBy(() -> Overlap.IOU.matrix(UNIT, boxes));
        assertThatIllegalArgumentException().isThrownBy(() -> Overlap.IOU.matrix(boxes, UNIT));
        assertThatIllegalArgumentException().isThrownBy(() -> Boxes.clip(boxes, new Size(3, 3)));
    }

    @Test
    void theLargestCoordinatesStayNumbers() {
        float[] boxes = {-0x1p60f, -0x1p60f, 0x1p60f, 0x1p60f, 0, 0, 0x1p60f, 0x1p60f};
        for (Overlap overlap : Overlap.values()) {
            assertThat(overlap.matrix(boxes, boxes)).doesNotContain(Float.NaN);
        }
        assertThat(Overlap.IOU.matrix(boxes, boxes)).containsExactly(1, 0.25f, 0.25f, 1);
    }

    @Test
    void refusesWhatIsNoArrayOfBoxes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Boxes.areas(new float[5]))
                .withMessage("boxes: has 5 numbers, no multiple of 4");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Boxes.withoutSmall(UNIT, -1))
                .withMessage("side: must be at least 0, is -1.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Boxes.clip(UNIT, new Size(0, 3)))
                .withMessage("picture: must be at least 1, is 0x3");
    }
}
