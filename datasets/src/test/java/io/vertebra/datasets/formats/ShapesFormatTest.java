package io.vertebra.datasets.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Box;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Mask;
import io.vertebra.images.Size;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShapesFormatTest {

    private final ShapesFormat format = new ShapesFormat();

    private Dataset open(int count, int size, long seed) {
        return format.open(new ShapesFormat.Config(count, size, seed));
    }

    @Test
    void drawsTheSamePicturesAlways() { // written down once: quickstart figures rest on them
        CRC32 crc = new CRC32();
        Dataset data = open(32, 48, 1);
        for (int i = 0; i < 32; i++) {
            crc.update(data.load(i).image().data());
        }
        assertThat(crc.getValue()).isEqualTo(235234291L);
    }

    @Test
    void everyPictureIsAnotherOneAndSoWithEverySeed() {
        Set<Object> seen = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            seen.add(open(100, 24, 1).load(i).image());
            seen.add(open(100, 24, 999).load(i).image());
        }
        assertThat(seen).hasSize(200);
        assertThat(open(100, 24, 1).load(5)).isEqualTo(open(6, 24, 1).load(5));
    }

    @Test
    void hasNamesSizesAndClassesInTurn() {
        Dataset data = open(17, 40, 3);
        assertThat(data.classNames())
                .isEqualTo(format.classNames(new ShapesFormat.Config(null, null, null)))
                .containsExactly("circle", "square", "triangle", "star", "ring", "cross", "crescent", "arrow");
        assertThat(data.pixelClassNames())
                .containsExactly(
                        "background", "circle", "square", "triangle", "star", "ring", "cross", "crescent", "arrow");
        assertThat(data.size()).isEqualTo(17);
        assertThat(data.imageSize()).contains(new Size(40, 40));
        for (int i = 0; i < 17; i++) {
            assertThat(data.label(i)).isEqualTo(i % 8);
            assertThat(data.load(i).label()).isEqualTo(i % 8);
            assertThat(data.load(i).image().size()).isEqualTo(new Size(40, 40));
        }
        assertThat(data.id(4)).isEqualTo("shapes-3-4").isEqualTo(data.load(4).id());
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 33, 64})
    void annotationsAgreeWithEachOther(int size) {
        Dataset data = open(200, size, 2);
        int objects = 0;
        for (int i = 0; i < 200; i++) {
            Sample sample = data.load(i);
            Annotations annotations = sample.annotations();
            LabelMap map = annotations.labelMap().orElseThrow();
            assertThat(annotations.objects().get(0).label()).isEqualTo(sample.label());
            objects += annotations.objects().size();
            int covered = 0;
            for (int k = 0; k < annotations.objects().size(); k++) {
                Mask mask = annotations.objects().get(k).mask().orElseThrow();
                Box box = annotations.objects().get(k).box();
                assertThat(mask.bounds()).contains(box);
                assertThat(mask.area())
                        .isGreaterThanOrEqualTo(6)
                        .isLessThanOrEqualTo(annotations
                                .objects()
                                .get(0)
                                .mask()
                                .orElseThrow()
                                .area());
                covered += mask.area();
                assertThat(annotations.objects().get(k).id()).isEqualTo(k + 1);
                LabelMap pixels = mask.toMap();
                for (int y = 0; y < size; y++) {
                    for (int x = 0; x < size; x++) {
                        if (pixels.at(y, x) == 1) {
                            assertThat(map.at(y, x))
                                    .isEqualTo(annotations.objects().get(k).label() + 1);
                        }
                    }
                }
            }
            int labelled = 0;
            for (byte value : map.data()) {
                labelled += value != 0 ? 1 : 0;
            }
            assertThat(labelled - covered).isBetween(0, 2 * 5); // at most two hidden leftovers below six pixels
        }
        assertThat(objects)
                .isBetween(size < 33 ? 201 : 280, 420); // the main figure and 0 to 2 others, a few of them hidden
    }

    @ParameterizedTest
    @EnumSource(Shape.class)
    void figuresFillMuchOfTheUnitCircleAndNothingBeyond(Shape shape) {
        int inside = 0;
        int steps = 200;
        for (int i = 0; i < steps; i++) {
            for (int k = 0; k < steps; k++) {
                double y = -1.5 + 3.0 * (i + 0.5) / steps;
                double x = -1.5 + 3.0 * (k + 0.5) / steps;
                double distance = shape.distance(x, y);
                if (distance < 0) {
                    inside++;
                    assertThat(Math.hypot(x, y)).isLessThan(1.06);
                }
                double step = 1e-4; // no steeper than a distance: edges are a pixel wide or more
                assertThat(Math.abs(shape.distance(x + step, y) - distance)).isLessThan(1.0001 * step);
                assertThat(Math.abs(shape.distance(x, y + step) - distance)).isLessThan(1.0001 * step);
            }
        }
        double area = inside * 9.0 / (steps * steps);
        double wanted =
                switch (shape) { // by hand: π 0.9², (2·0.74)², 3√3/4, 5·sin 36°·0.42, π (0.92² - 0.52²), 4·0.27·(2·0.95
                    // - 0.27) and so on
                    case CIRCLE -> 2.545;
                    case SQUARE -> 2.190;
                    case TRIANGLE -> 1.299;
                    case STAR -> 1.234;
                    case RING -> 1.810;
                    case CROSS -> 1.760;
                    case CRESCENT -> 1.443;
                    case ARROW -> 1.158;
                };
        assertThat(area).isCloseTo(wanted, within(0.05));
    }

    @Test
    void refusesSettingsOutOfRange() {
        assertThat(new ShapesFormat.Config(null, null, null)).isEqualTo(new ShapesFormat.Config(1000, 48, 1L));
        assertThat(new ShapesFormat.Config(1, 16, 0L).size()).isEqualTo(16);
        assertThat(new ShapesFormat.Config(1, 1024, 0L).size()).isEqualTo(1024);
        assertThatThrownBy(() -> new ShapesFormat.Config(0, null, null))
                .hasMessage("count: must lie in [1, 100000000], is 0");
        assertThatThrownBy(() -> new ShapesFormat.Config(100_000_001, null, null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ShapesFormat.Config(null, 15, null))
                .hasMessage("size: must lie in [16, 1024], is 15");
        assertThatThrownBy(() -> new ShapesFormat.Config(null, 1025, null))
                .hasMessage("size: must lie in [16, 1024], is 1025");
        assertThat(format.config()).isEqualTo(ShapesFormat.Config.class);
    }
}
