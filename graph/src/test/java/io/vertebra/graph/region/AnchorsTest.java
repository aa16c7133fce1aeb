package io.vertebra.graph.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.op.Size;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AnchorsTest {

    static final List<Size> COCO_GRIDS =
            Stream.of(19, 10, 5, 3, 2, 1).map(Size::of).toList();

    @Test
    void ssdAnchorsAreTensorFlows() {
        float[] exact = Tensors.read("weights/ssd_mobilenet_v1_0.75_coco.golden.safetensors")
                .floats("anchors_exact"); // (yc, xc, h, w) in [0, 1]
        float[] boxes = SsdAnchors.coco().boxes(Size.of(300), COCO_GRIDS);
        float[] centres = Boxes.convert(boxes, Boxes.Format.XYXY, Boxes.Format.CXCYWH);
        assertThat(exact).hasSize(4 * 1917);
        float[] wanted = new float[exact.length];
        for (int i = 0; i < exact.length; i++) {
            wanted[i] = exact[i ^ 1] * 300; // x first
        }
        Close.absolute(centres, wanted, 1e-4);
    }

    @Test
    void ssdAnchorsAreSquareInPixelsWhateverThePicture() {
        SsdAnchors anchors = new SsdAnchors(2, 0.2, 0.4, List.of(1.0, 4.0), false);
        assertThat(anchors.perCell(0)).isEqualTo(3);
        assertThat(anchors.perCell(1)).isEqualTo(3);
        float[] boxes = anchors.boxes(new Size(100, 200), List.of(new Size(1, 2), Size.of(1)));
        float between = (float) (50 * Math.sqrt(0.2 * 0.4)); // half of the side
        float last = (float) (50 * Math.sqrt(0.4));
        assertThat(boxes)
                .containsExactly(
                        new float[] {
                            40,
                            40,
                            60,
                            60,
                            30,
                            45,
                            70,
                            55,
                            50 - between,
                            50 - between,
                            50 + between,
                            50 + between,
                            140,
                            40,
                            160,
                            60,
                            130,
                            45,
                            170,
                            55,
                            150 - between,
                            50 - between,
                            150 + between,
                            50 + between,
                            80,
                            30,
                            120,
                            70,
                            60,
                            40,
                            140,
                            60,
                            100 - last,
                            50 - last,
                            100 + last,
                            50 + last
                        },
                        within(1e-4f));
    }

    @Test
    void reducedLowestLevelHasThree() {
        SsdAnchors coco = SsdAnchors.coco();
        assertThat(coco.perCell(0)).isEqualTo(3);
        assertThat(coco.perCell(1)).isEqualTo(6);
        assertThat(coco.perCell(5)).isEqualTo(6);
        assertThatIllegalArgumentException().isThrownBy(() -> coco.perCell(6)).withMessage("level: 6 of 6");
        assertThatIllegalArgumentException().isThrownBy(() -> coco.perCell(-1));
    }

    @Test
    void defaultBoxesMayBeLargerThanThePictureUnlessClipped() {
        List<List<Double>> ratios = List.of(List.of(4.0));
        DefaultBoxes free = new DefaultBoxes(ratios, List.of(0.8, 0.8), List.of(), false);
        float[] wide = Boxes.take(free.boxes(new Size(10, 20), List.of(Size.of(1))), new int[] {2});
        Close.absolute(wide, new float[] {-6, 3, 26, 7}, 1e-5);
        DefaultBoxes clipped = new DefaultBoxes(ratios, List.of(0.8, 0.8), List.of(), true);
        Close.absolute(
                Boxes.take(clipped.boxes(new Size(10, 20), List.of(Size.of(1))), new int[] {2, 3}),
                new float[] {0, 3, 20, 7, 6, 0, 14, 10},
                1e-5);
    }

    @Test
    void oneLevelGoesFromTheFirstToTheLastScale() {
        DefaultBoxes one = DefaultBoxes.spread(List.of(List.of()), 0.3, 0.7, true);
        assertThat(one.scales()).containsExactly(0.3, 0.7);
        assertThat(one.perCell(0)).isEqualTo(2);
    }

    @Test
    void generatorsRefuseWhatDoesNotFit() {
        Anchors anchors = new Anchors(List.of(List.of(8.0)), List.of(List.of(1.0)));
        Size picture = Size.of(32);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> anchors.boxes(picture, COCO_GRIDS))
                .withMessage("grids: are 6, the levels are 1");
        assertThatIllegalArgumentException().isThrownBy(() -> anchors.boxes(picture, List.of(new Size(0, 1))));
        assertThatIllegalArgumentException().isThrownBy(() -> anchors.boxes(new Size(32, 0), List.of(Size.of(1))));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> anchors.boxes(picture, List.of(Size.of(40_000))))
                .withMessageContaining("more than 2147483647 numbers");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Anchors(List.of(List.of(8.0)), List.of()))
                .withMessage("ratios: has 0 levels, sizes has 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Anchors(List.of(List.of(0.0)), List.of(List.of(1.0))))
                .withMessage("sizes: must be above 0, is 0.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Anchors(List.of(List.of(1.0)), List.of(List.of(-1.0))));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DefaultBoxes(List.of(List.of()), List.of(1.0), List.of(), true))
                .withMessage("scales: are 1, needs 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DefaultBoxes(List.of(List.of()), List.of(1.0, 1.0), List.of(1, 2), true))
                .withMessage("steps: are 2, needs none or 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DefaultBoxes(List.of(List.of(0.0)), List.of(1.0, 1.0), List.of(), true));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DefaultBoxes(List.of(List.of()), List.of(1.0, -1.0), List.of(), true));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DefaultBoxes(List.of(List.of()), List.of(1.0, 1.0), List.of(0), true));
        assertThatIllegalArgumentException().isThrownBy(() -> new SsdAnchors(0, 0.1, 0.2, List.of(), false));
        assertThatIllegalArgumentException().isThrownBy(() -> new SsdAnchors(1, 0, 0.2, List.of(), false));
        assertThatIllegalArgumentException().isThrownBy(() -> new SsdAnchors(1, 0.1, Double.NaN, List.of(), false));
        assertThatIllegalArgumentException().isThrownBy(() -> new SsdAnchors(1, 0.1, 0.2, List.of(0.0), false));
    }
}
