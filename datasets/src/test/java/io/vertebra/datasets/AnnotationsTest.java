package io.vertebra.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.images.Box;
import io.vertebra.images.Interpolation;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Mask;
import io.vertebra.images.Size;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnnotationsTest {

    private static final LabelMap MAP = LabelMap.of(2, 4, new byte[] {1, 1, 0, 0, 1, 1, 0, 2});
    private static final Annotations BOTH = new Annotations(
            List.of(0, 1),
            List.of(new Box(0, 0, 2, 2), new Box(3, 1, 4, 2)),
            List.of(Mask.where(MAP, 1), Mask.where(MAP, 2)),
            List.of(MAP));

    @Test
    void mirrorsEverythingAlike() {
        Annotations flipped = BOTH.flipped(4);
        assertThat(flipped.boxes()).containsExactly(new Box(2, 0, 4, 2), new Box(0, 1, 1, 2));
        assertThat(flipped.masks().get(0)).isEqualTo(Mask.where(MAP.flipped(), 1));
        assertThat(flipped.labelMap()).contains(MAP.flipped());
        assertThat(flipped.flipped(4)).isEqualTo(BOTH);
    }

    @Test
    void resizesEverythingAlike() {
        Annotations resized = BOTH.resized(new Size(2, 4), new Size(4, 4));
        assertThat(resized.boxes()).containsExactly(new Box(0, 0, 2, 4), new Box(3, 2, 4, 4));
        assertThat(resized.masks().get(1).area()).isEqualTo(2);
        assertThat(resized.labelMap()).contains(MAP.resized(4, 4));
    }

    @Test
    void windowsDropWhatTheyDoNotShow() {
        Annotations left = BOTH.window(0, 1, 2, 2);
        assertThat(left.classes()).containsExactly(0);
        assertThat(left.boxes()).containsExactly(new Box(0, 0, 1, 2));
        assertThat(left.masks().get(0).area()).isEqualTo(2);
        assertThat(left.labelMap()).contains(LabelMap.of(2, 2, new byte[] {1, 0, 1, 0}));
        assertThat(BOTH.window(0, 2, 1, 2).classes()).isEmpty();
        assertThat(BOTH.window(1, 2, 3, 4).labelMap())
                .contains(LabelMap.of(3, 4, new byte[] {0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
    }

    @Test
    void samplesMoveTheirAnnotationsWithThePicture() {
        Sample sample = new Sample("x", Pictures.smooth(2, 4, 3), 7, BOTH);
        assertThat(sample.flipped()).isEqualTo(new Sample("x", sample.image().flipped(), 7, BOTH.flipped(4)));
        assertThat(sample.window(0, 1, 2, 2))
                .isEqualTo(new Sample("x", sample.image().window(0, 1, 2, 2), 7, BOTH.window(0, 1, 2, 2)));
        Sample resized = sample.resized(4, 6, Interpolation.BICUBIC);
        assertThat(resized.image().size()).isEqualTo(new Size(4, 6));
        assertThat(resized.annotations()).isEqualTo(BOTH.resized(new Size(2, 4), new Size(4, 6)));
        assertThat(sample.withLabel(2).label()).isEqualTo(2);
        assertThat(sample.withLabel(2).annotations()).isEqualTo(BOTH);
        assertThat(sample.withoutAnnotations()).isEqualTo(new Sample("x", sample.image(), 7));
        assertThat(new Sample("x", sample.image(), 7).annotations()).isEqualTo(Annotations.NONE);
        assertThat(Annotations.NONE.labelMap()).isEmpty();
    }

    @Test
    void refusesListsThatDoNotMatch() {
        assertThatThrownBy(() -> new Annotations(List.of(1), List.of(), List.of(), List.of()))
                .hasMessage("annotations: 1 classes, 0 boxes, 0 masks, 0 label maps");
        assertThatThrownBy(() -> new Annotations(List.of(1), List.of(new Box(0, 0, 1, 1)), List.of(), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Annotations(List.of(), List.of(), List.of(), List.of(MAP, MAP)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
