package io.vertebra.graph.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vertebra.graph.op.Size;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What RoI operators refuse. */
class RoiRefusalsTest {

    private static final RoiShape MAP = new RoiShape(2, 12, 7, 9);
    private static final Size BINS = new Size(2, 3);

    @Test
    void refusesRegionsOfNoImage() {
        RoiAlignment align = new RoiAlignment(BINS, 0.25, 2, true);
        float[] x = new float[MAP.elements()];
        for (float image : new float[] {-1, 2, 0.5f}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> align.forward(x, MAP, new float[] {image, 0, 0, 1, 1}))
                    .withMessage("rois: row 0 names image " + image + " of 2");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new RoiPooling(BINS, 1).forward(x, MAP, new float[] {image, 0, 0, 1, 1}));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> align.forward(x, MAP, new float[4]))
                .withMessage("rois: has 4 numbers, no multiple of 5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> align.forward(x, MAP, new float[] {0, 0, Float.NaN, 1, 1}));
    }

    @Test
    void refusesArraysOfAnotherSize() {
        float[] roi = {0, 0, 0, 9, 9};
        float[] x = new float[MAP.elements()];
        float[] few = new float[MAP.elements() - 1];
        float[] gradient = new float[12 * 6];
        RoiAlignment align = new RoiAlignment(BINS, 0.25, 2, true);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> align.forward(few, MAP, roi))
                .withMessage("features: has 1511 numbers, needs 1512");
        assertThatIllegalArgumentException().isThrownBy(() -> align.forward(new double[3], MAP, roi));
        assertThatIllegalArgumentException().isThrownBy(() -> align.backward(gradient, MAP, roi, few));
        assertThatIllegalArgumentException().isThrownBy(() -> align.backward(new double[72], MAP, roi, new double[3]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> align.backward(new float[71], MAP, roi, x))
                .withMessage("gradient: has 71 numbers, needs 72");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> align.backward(new double[71], MAP, roi, new double[1512]));
        assertThatIllegalArgumentException().isThrownBy(() -> new RoiPooling(BINS, 1).largest(few, MAP, roi));
        assertThatIllegalArgumentException().isThrownBy(() -> new RoiPooling(BINS, 1).largest(new double[3], MAP, roi));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RoiPooling.backward(new float[1], new int[2], new float[3]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RoiPooling.backward(new double[1], new int[2], new double[3]));
        PositionSensitiveAlignment sensitive = new PositionSensitiveAlignment(new Size(5, 1), 1, 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sensitive.forward(x, MAP, roi))
                .withMessage("channels: 12 is no multiple of the bins, 5x1");
        PositionSensitivePooling pool = new PositionSensitivePooling(BINS, 1);
        assertThatIllegalArgumentException().isThrownBy(() -> pool.forward(few, MAP, roi));
        assertThatIllegalArgumentException().isThrownBy(() -> pool.backward(new float[12], MAP, roi, few));
        assertThatIllegalArgumentException().isThrownBy(() -> pool.backward(new float[11], MAP, roi, x));
        PositionSensitiveAlignment even = new PositionSensitiveAlignment(BINS, 1, 1);
        assertThatIllegalArgumentException().isThrownBy(() -> even.forward(few, MAP, roi));
        assertThatIllegalArgumentException().isThrownBy(() -> even.backward(new float[12], MAP, roi, few));
        assertThatIllegalArgumentException().isThrownBy(() -> even.backward(new float[11], MAP, roi, x));
    }

    @Test
    void refusesSettingsThatCannotWork() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RoiAlignment(new Size(0, 1), 1, 1, true));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RoiAlignment(BINS, 0, 1, true))
                .withMessage("scale: must lie in (0, 1000000.0], is 0.0");
        assertThatIllegalArgumentException().isThrownBy(() -> new RoiAlignment(BINS, 2e6, 1, true));
        assertThat(new RoiAlignment(BINS, 1e6, 1, true)).isNotNull();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RoiAlignment(BINS, 1, 1025, true))
                .withMessage("sampling_ratio: is 1025, at most 1024");
        assertThatIllegalArgumentException().isThrownBy(() -> new PositionSensitiveAlignment(BINS, Double.NaN, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new RoiPooling(new Size(1, 0), 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new RoiPooling(BINS, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> new PositionSensitivePooling(new Size(1, 0), 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new PositionSensitivePooling(BINS, -1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RoiLevels(3, 2, 224, 4))
                .withMessage("least: is 3, must not be above most, 2");
        assertThatIllegalArgumentException().isThrownBy(() -> new RoiLevels(2, 3, 0, 4));
        for (int level : new int[] {0, 2}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> RoiLevels.of(2, 3).leastArea(level))
                    .withMessage("level: is " + level + ", must be 1 to 1");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> new RoiShape(1, 1, 0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new RoiShape(1, 1, 1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new RoiShape(-1, 1, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new RoiShape(1 << 10, 1 << 10, 1 << 10, 2));
    }

    @Test
    void refusesPyramidsThatDoNotFit() {
        RoiLevels levels = RoiLevels.of(2, 3);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PyramidAlignment(BINS, List.of(1.0), 0, true, levels))
                .withMessage("scales: are 1, the levels are 2");
        PyramidAlignment op = new PyramidAlignment(BINS, List.of(0.25, 0.125), 0, true, levels);
        RoiShape shape = new RoiShape(1, 1, 2, 2);
        float[] map = new float[4];
        float[] none = new float[0];
        assertThatIllegalArgumentException().isThrownBy(() -> op.forward(List.of(map), List.of(shape, shape), none));
        assertThatIllegalArgumentException().isThrownBy(() -> op.forward(List.of(map, map), List.of(shape), none));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> op.forward(List.of(map, new float[3]), List.of(shape, shape), none));
        for (RoiShape other : List.of(new RoiShape(1, 2, 2, 1), new RoiShape(2, 1, 2, 1))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> op.forward(List.of(map, map), List.of(shape, other), none))
                    .withMessageContaining("have other images or channels");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> op.backward(new float[1], List.of(shape, shape), none, List.of(map, map)));
        assertThat(op.forward(List.of(map, map), List.of(shape, shape), none)).isEmpty();
    }
}
