package io.vertebra.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.images.Box;
import io.vertebra.images.Interpolation;
import io.vertebra.images.Size;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class PlacementTest {

    private static final Placement START = Placement.of(new Size(20, 40));

    @Test
    void tellsWhereBoxesWere() {
        Box box = new Box(2, 3, 6, 8);
        assertThat(START.toOriginal(box)).isEqualTo(box);
        assertThat(START.window(5, 7).toOriginal(box)).isEqualTo(new Box(9, 8, 13, 13));
        assertThat(START.window(-1, -2).toOriginal(box)).isEqualTo(new Box(0, 2, 4, 7));
        assertThat(START.resized(new Size(20, 40), new Size(40, 20)).toOriginal(box))
                .isEqualTo(new Box(4, 1.5f, 12, 4));
        assertThat(START.flipped(40).toOriginal(box)).isEqualTo(new Box(34, 3, 38, 8));
        assertThat(START.window(0, 10).flipped(20).toOriginal(box)).isEqualTo(new Box(24, 3, 28, 8));
    }

    @Test
    void cutsBoxesToTheOriginal() {
        assertThat(START.toOriginal(new Box(-5, -5, 100, 100))).isEqualTo(new Box(0, 0, 40, 20));
        assertThat(START.flipped(40).toOriginal(new Box(50, 3, 60, 30))).isEqualTo(new Box(0, 3, 0, 20));
    }

    @TestFactory
    Stream<DynamicTest> everyChainOfMovesLeadsBack() {
        return Cases.seeded(100, random -> {
            Box box = new Box(11, 6, 19, 9);
            Sample sample = new Sample(
                    "x", Pictures.plain(20, 40, 1, 2, 3), 0, Annotations.of(List.of(new Instance(1, 0, box))));
            for (int i = 0; i < 6; i++) {
                Size size = sample.image().size();
                sample = switch (random.nextInt(3)) {
                    case 0 -> sample.flipped();
                    case 1 -> sample.resized(30 + random.nextInt(40), 30 + random.nextInt(40), Interpolation.BILINEAR);
                    default ->
                        sample.window(-random.nextInt(5), -random.nextInt(5), size.height() + 9, size.width() + 9);
                };
            }
            Box back = sample.placement()
                    .toOriginal(sample.annotations().objects().get(0).box());
            assertThat(new float[] {back.x1(), back.y1(), back.x2(), back.y2()})
                    .containsExactly(new float[] {11, 6, 19, 9}, within(1e-4f)); // float corners, six moves
            assertThat(sample.placement().original()).isEqualTo(new Size(20, 40));
        });
    }

    @Test
    void refusesScalesThatLeadNowhere() {
        assertThatThrownBy(() -> new Placement(new Size(1, 1), 0, 1, 0, 0, false))
                .hasMessage("placement: scales must be above 0, are 0.0 and 1.0");
        assertThatThrownBy(() -> new Placement(new Size(1, 1), 1, Double.NaN, 0, 0, false))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
