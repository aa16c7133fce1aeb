package io.vertebra.datasets;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.images.Box;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Size;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Parts of data whose pictures have objects and label maps. */
class AnnotatedPartsTest {

    /** Two pictures of 1x5 with a map of all values and two objects, of class {@code a} and {@code b}; pictures have no class of their own. */
    private record Mapped(List<String> classNames, List<String> pixelClassNames) implements AnnotatedDataset {
        static final Instance FIRST = new Instance(7, 0, new Box(0, 0, 1, 1));
        static final Instance SECOND = new Instance(8, 1, new Box(1, 0, 3, 1));
        static final LabelMap MAP = LabelMap.of(1, 5, new byte[] {0, 1, 2, 3, -1});

        @Override
        public int size() {
            return 2;
        }

        @Override
        public String id(int index) {
            return "m" + index;
        }

        @Override
        public Palette palette() {
            return new Palette(List.of(0x10, 0x20, 0x30, 0x40));
        }

        @Override
        public Optional<Size> size(int index) {
            return Optional.of(new Size(1, 5 + index));
        }

        @Override
        public Sample load(int index) {
            return new Sample(id(index), Pictures.plain(1, 5, index, 0, 0), 0, annotations(index));
        }

        @Override
        public Annotations annotations(int index) {
            return new Annotations(List.of(FIRST, SECOND), Optional.of(MAP));
        }
    }

    private static LabelMap map(Integer... values) {
        byte[] data = new byte[values.length];
        for (int i = 0; i < data.length; i++) {
            data[i] = values[i].byteValue();
        }
        return LabelMap.of(1, data.length, data);
    }

    @Test
    void objectsAndPixelsFollowTheClasses() {
        Dataset data = new Mapped(List.of("a", "b", "c"), List.of("background", "a", "b", "c"));
        Dataset part = Datasets.withClasses(data, List.of("c", "a"));
        assertThat(part.size()).isEqualTo(2); // pictures without a class of their own all stay
        assertThat(part.isLabelled()).isFalse();
        assertThat(part.label(1)).isZero();
        assertThat(part.classNames()).containsExactly("c", "a");
        assertThat(part.pixelClassNames()).containsExactly("background", "c", "a");
        assertThat(part.palette().colours()).containsExactly(0x10, 0x40, 0x20);
        Annotations expected = new Annotations(List.of(Mapped.FIRST.withLabel(1)), Optional.of(map(0, 2, 255, 1, 255)));
        assertThat(part.annotations(1)).isEqualTo(expected);
        assertThat(part.load(1).annotations()).isEqualTo(expected);
        assertThat(part.load(1).label()).isZero();
        assertThat(part.size(1)).contains(new Size(1, 6));
    }

    @Test
    void mapsWithoutBackgroundFollowToo() {
        Dataset data = new Mapped(List.of("a", "b", "c", "d"), List.of("a", "b", "c", "d"));
        Dataset part = Datasets.withClasses(data, List.of("d", "b"));
        assertThat(part.pixelClassNames()).containsExactly("d", "b");
        assertThat(part.palette().colours()).containsExactly(0x40, 0x20);
        assertThat(part.annotations(0))
                .isEqualTo(new Annotations(List.of(Mapped.SECOND), Optional.of(map(255, 1, 255, 0, 255))));
        Dataset shorter = new Mapped(List.of("a", "b"), List.of("a", "b")); // 2 and 3 are no classes at all
        assertThat(Datasets.withClasses(shorter, List.of("b", "a"))
                        .annotations(0)
                        .labelMap())
                .contains(map(1, 0, 255, 255, 255));
        Dataset boxes = Datasets.withClasses(new Mapped(List.of("a", "b"), List.of()), List.of("b"));
        assertThat(boxes.pixelClassNames()).isEmpty();
        assertThat(boxes.palette().colours()).containsExactly(0x20);
        assertThat(boxes.annotations(0).objects()).containsExactly(Mapped.SECOND.withLabel(0));
    }

    @Test
    void partsOfASplitKeepWhatTheDataKnow() {
        Dataset data = new Mapped(List.of("a", "b", "c"), List.of("background", "a", "b", "c"));
        Datasets.Split split = Datasets.split(data, 0.5, 1);
        for (Dataset part : List.of(split.training(), split.validation())) {
            assertThat(part.size()).isEqualTo(1);
            assertThat(part.isLabelled()).isFalse();
            assertThat(part.pixelClassNames()).isEqualTo(data.pixelClassNames());
            assertThat(part.palette()).isEqualTo(data.palette());
            assertThat(part.annotations(0)).isEqualTo(data.annotations(0));
            int width = part.id(0).equals("m0") ? 5 : 6;
            assertThat(part.size(0)).contains(new Size(1, width));
            assertThat(part.load(0)).isEqualTo(data.load(width - 5));
        }
    }
}
