package io.vertebra.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.Resize.Filter;
import org.assertj.core.api.Assertions;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class InterpolationTest {
    private static final Resize NEAREST = new Resize(Filter.NEAREST, false);
    private static final Resize BILINEAR = new Resize(Filter.BILINEAR, false);
    private static final Resize ALIGNED = new Resize(Filter.BILINEAR, true);
    private static final Offset<Double> ROUNDING = Assertions.within(1e-15);

    @Test
    void takesTheNearestCell() {
        assertThat(Interpolation.resized(NEAREST, 3, 5))
                .containsExactly(1, 0, 0, /**/ 1, 0, 0, /**/ 0, 1, 0, /**/ 0, 1, 0, /**/ 0, 0, 1);
        assertThat(Interpolation.resized(NEAREST, 5, 2)).containsExactly(1, 0, 0, 0, 0, /**/ 0, 0, 1, 0, 0);
    }

    @Test
    void liesBetweenCentresOfCells() {
        assertThat(Interpolation.resized(BILINEAR, 2, 4))
                .containsExactly(1, 0, /**/ 0.75, 0.25, /**/ 0.25, 0.75, /**/ 0, 1);
        assertThat(Interpolation.resized(BILINEAR, 4, 2)).containsExactly(0.5, 0.5, 0, 0, /**/ 0, 0, 0.5, 0.5);
    }

    @Test
    void laysCornersUponEachOther() {
        assertThat(Interpolation.resized(ALIGNED, 2, 3)).containsExactly(1, 0, /**/ 0.5, 0.5, /**/ 0, 1);
        assertThat(Interpolation.resized(ALIGNED, 3, 1)).containsExactly(1, 0, 0);
    }

    @Test
    void repeatsASingleCell() {
        for (Resize op : new Resize[] {NEAREST, BILINEAR, ALIGNED}) {
            assertThat(Interpolation.resized(op, 1, 3)).containsExactly(1, 1, 1);
            assertThat(Interpolation.resized(op, 1, 1)).containsExactly(1);
        }
    }

    @Test
    void keepsAConstantWhateverTheSizes() {
        for (Resize op : new Resize[] {NEAREST, BILINEAR, ALIGNED}) {
            for (int cells = 1; cells < 12; cells++) {
                for (int made = 1; made < 12; made++) {
                    double[] matrix = Interpolation.resized(op, cells, made);
                    for (int row = 0; row < made; row++) {
                        double sum = 0;
                        for (int cell = 0; cell < cells; cell++) {
                            assertThat(matrix[row * cells + cell]).isBetween(0.0, 1.0);
                            sum += matrix[row * cells + cell];
                        }
                        assertThat(sum).isCloseTo(1, ROUNDING);
                    }
                }
            }
        }
    }
}
