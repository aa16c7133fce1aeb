package io.vertebra.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.images.Box;
import io.vertebra.images.Interpolation;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Mask;
import io.vertebra.images.Size;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnnotationsTest {

    private static final LabelMap MAP = LabelMap.of(2, 4, new byte[] {1, 1, 0, 0, 1, 1, 0, 2});
    private static final Annotations BOTH = new Annotations(
            List.of(
                    Instance.of(11, 0, Mask.where(MAP, 1)).orElseThrow(),
                    new Instance(12, 1, new Box(3, 1, 4, 2), Silhouette.of(Mask.where(MAP, 2)), true, true, 7)),
            Optional.of(MAP));

    private static List<Box> boxes(Annotations annotations) {
        return annotations.objects().stream().map(Instance::box).toList();
    }

    private static Mask mask(Annotations annotations, int object) {
        return annotations.objects().get(object).mask().orElseThrow();
    }

    @Test
    void mirrorsEverythingAlike() {
        Annotations flipped = BOTH.flipped(4);
        assertThat(boxes(flipped)).containsExactly(new Box(2, 0, 4, 2), new Box(0, 1, 1, 2));
        assertThat(mask(flipped, 0)).isEqualTo(Mask.where(MAP.flipped(), 1));
        assertThat(flipped.labelMap()).contains(MAP.flipped());
        assertThat(flipped.flipped(4)).isEqualTo(BOTH).isNotEqualTo(flipped);
    }

    @Test
    void resizesEverythingAlike() {
        Annotations resized = BOTH.resized(new Size(2, 4), new Size(4, 4));
        assertThat(boxes(resized)).containsExactly(new Box(0, 0, 2, 4), new Box(3, 2, 4, 4));
        assertThat(mask(resized, 1).area()).isEqualTo(2);
        assertThat(resized.labelMap()).contains(MAP.resized(4, 4));
    }

    @Test
    void objectsKeepWhatTheyAreWhereverTheyMove() {
        Instance moved = BOTH.flipped(4)
                .resized(new Size(2, 4), new Size(4, 8))
                .objects()
                .get(1);
        assertThat(moved.id()).isEqualTo(12);
        assertThat(moved.label()).isEqualTo(1);
        assertThat(moved.crowd()).isTrue();
        assertThat(moved.difficult()).isTrue();
        assertThat(moved.area()).isEqualTo(7);
        assertThat(moved.withLabel(5).label()).isEqualTo(5);
        assertThat(moved.withLabel(5).withLabel(1)).isEqualTo(moved);
    }

    @Test
    void windowsDropWhatTheyDoNotShowAndIgnoreWhatLiesOutside() {
        Annotations left = BOTH.window(0, 1, 2, 2);
        assertThat(boxes(left)).containsExactly(new Box(0, 0, 1, 2));
        assertThat(left.objects().get(0).label()).isZero();
        assertThat(mask(left, 0).area()).isEqualTo(2);
        assertThat(left.labelMap()).contains(LabelMap.of(2, 2, new byte[] {1, 0, 1, 0}));
        assertThat(BOTH.window(0, 2, 1, 2).objects()).isEmpty();
        Annotations beyond = BOTH.window(1, 2, 3, 3);
        byte ignored = (byte) LabelMap.IGNORE;
        assertThat(beyond.labelMap())
                .contains(LabelMap.of(
                        3, 3, new byte[] {0, 2, ignored, ignored, ignored, ignored, ignored, ignored, ignored}));
        assertThat(boxes(beyond)).containsExactly(new Box(1, 0, 2, 1));
        assertThat(mask(beyond, 0)).isEqualTo(Mask.ofRuns(3, 3, 3, 1, 5));
    }

    @Test
    void objectsWithoutPixelsMoveByTheirBoxes() {
        Annotations plain = Annotations.of(List.of(new Instance(1, 0, new Box(1, 0.5f, 3, 2))));
        assertThat(plain.objects().get(0).area()).isEqualTo(3);
        Annotations moved = plain.flipped(4).window(0, 0, 1, 3);
        assertThat(boxes(moved)).containsExactly(new Box(1, 0.5f, 3, 1));
        assertThat(moved.objects().get(0).mask()).isEmpty();
        assertThat(moved.labelMap()).isEmpty();
        assertThat(Instance.of(1, 0, Mask.ofRuns(2, 2, 4))).isEmpty();
    }

    @Test
    void picksObjects() {
        assertThat(BOTH.where(Instance::crowd).objects())
                .containsExactly(BOTH.objects().get(1));
        assertThat(BOTH.where(Instance::crowd).labelMap()).contains(MAP);
        assertThat(Annotations.of(MAP).labelMap()).contains(MAP);
    }

    @Test
    void samplesMoveTheirAnnotationsWithThePicture() {
        Sample sample = new Sample("x", Pictures.smooth(2, 4, 3), 7, BOTH);
        Placement start = Placement.of(new Size(2, 4));
        assertThat(sample.placement()).isEqualTo(start);
        assertThat(sample.flipped())
                .isEqualTo(new Sample("x", sample.image().flipped(), 7, BOTH.flipped(4), start.flipped(4)));
        assertThat(sample.window(0, 1, 2, 2))
                .isEqualTo(new Sample(
                        "x", sample.image().window(0, 1, 2, 2), 7, BOTH.window(0, 1, 2, 2), start.window(0, 1)));
        Sample resized = sample.resized(4, 6, Interpolation.BICUBIC);
        assertThat(resized.image().size()).isEqualTo(new Size(4, 6));
        assertThat(resized.annotations()).isEqualTo(BOTH.resized(new Size(2, 4), new Size(4, 6)));
        assertThat(resized.placement()).isEqualTo(start.resized(new Size(2, 4), new Size(4, 6)));
        assertThat(sample.withLabel(2)).isEqualTo(new Sample("x", sample.image(), 2, BOTH));
        assertThat(sample.withoutAnnotations()).isEqualTo(new Sample("x", sample.image(), 7));
        assertThat(sample.withoutAnnotations().withAnnotations(BOTH)).isEqualTo(sample);
        assertThat(new Sample("x", sample.image(), 7).annotations()).isEqualTo(Annotations.NONE);
        assertThat(Annotations.NONE.labelMap()).isEmpty();
    }

    @Test
    void windowsBeyondThePictureTakeAColour() {
        Sample sample = new Sample("x", Pictures.smooth(2, 4, 3), 7, BOTH);
        Sample wide = sample.window(-1, -2, 5, 7, new byte[] {9, 8, 7});
        assertThat(wide.window(1, 2, 2, 4)).isEqualTo(sample);
        assertThat(wide.annotations()).isEqualTo(BOTH.window(-1, -2, 5, 7));
        int painted = 0;
        for (int y = 0; y < 5; y++) {
            for (int x = 0; x < 7; x++) {
                if (y < 1 || y > 2 || x < 2 || x > 5) {
                    assertThat(new int[] {
                                wide.image().at(y, x, 0),
                                wide.image().at(y, x, 1),
                                wide.image().at(y, x, 2)
                            })
                            .containsExactly(9, 8, 7);
                    painted++;
                }
            }
        }
        assertThat(painted).isEqualTo(5 * 7 - 2 * 4);
        assertThat(sample.window(0, 1, 1, 2, new byte[3])).isEqualTo(sample.window(0, 1, 1, 2));
    }

    @Test
    void coloursChangeAlone() {
        Sample sample = new Sample("x", Pictures.smooth(2, 4, 3), 7, BOTH).flipped();
        Sample red = sample.withColours(Pictures.plain(2, 4, 255, 0, 0));
        assertThat(red.image()).isEqualTo(Pictures.plain(2, 4, 255, 0, 0));
        assertThat(red.withColours(sample.image())).isEqualTo(sample);
        assertThatThrownBy(() -> sample.withColours(Pictures.plain(4, 2, 255, 0, 0)))
                .hasMessage("sample: a picture of 4x2 takes the place of one of 2x4");
    }
}
