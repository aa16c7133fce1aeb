package io.vertebra.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShapeTest {

    @Test
    void namesItsAxes() {
        Shape map = Shape.of(2, 3, 4, 5);
        assertThat(map.rank()).isEqualTo(4);
        assertThat(List.of(map.n(), map.c(), map.h(), map.w())).containsExactly(2, 3, 4, 5);
        assertThat(map.get(2)).isEqualTo(4);
        assertThat(map.elements()).isEqualTo(120);
        assertThat(map.toArray()).containsExactly(2, 3, 4, 5);
        assertThat(map).hasToString("(2, 3, 4, 5)");
    }

    @Test
    void hasHeightAndWidthOneWhereThereAreNone() {
        assertThat(Shape.of(2, 3).h()).isEqualTo(1);
        assertThat(Shape.of(2, 3).w()).isEqualTo(1);
        assertThat(Shape.of(2, 3, 7).h()).isEqualTo(7);
        assertThat(Shape.of(2, 3, 7).w()).isEqualTo(1);
    }

    @Test
    void isAScalarWithoutAxes() {
        assertThat(Shape.of().elements()).isEqualTo(1);
        assertThat(Shape.of()).hasToString("()");
    }

    @Test
    void changesOneExtentInACopy() {
        Shape map = Shape.of(2, 3, 4, 5);
        assertThat(map.with(1, 9)).isEqualTo(Shape.of(2, 9, 4, 5));
        assertThat(map).isEqualTo(Shape.of(2, 3, 4, 5));
        map.toArray()[0] = 7;
        assertThat(map.n()).isEqualTo(2);
    }

    @Test
    void copiesTheListThatItIsGiven() {
        List<Integer> extents = new ArrayList<>(List.of(1, 2));
        Shape shape = new Shape(extents);
        extents.set(0, 5);
        assertThat(shape).isEqualTo(Shape.of(1, 2));
    }

    @Test
    void mayBeUnknown() {
        Shape any = Shape.of(Shape.ANY, 3, 0, Shape.ANY);
        assertThat(any.isKnown()).isFalse();
        assertThat(Shape.of(1, 3, 0, 2).isKnown()).isTrue();
        assertThat(any).hasToString("(?, 3, 0, ?)");
        assertThatThrownBy(any::elements)
                .hasMessage("shape: (?, 3, 0, ?) has no number of elements before its sizes are known");
        assertThatThrownBy(() -> Shape.of(1, -2)).hasMessage("shape: has the extent -2");
    }

    @Test
    void countsMoreElementsThanAnIntHolds() {
        assertThat(Shape.of(1 << 20, 1 << 20).elements()).isEqualTo(1L << 40);
        assertThatThrownBy(() -> Shape.of(1 << 30, 1 << 30, 1 << 30).elements())
                .isInstanceOf(ArithmeticException.class);
    }

    @Test
    void sizesAreHeightByWidth() {
        assertThat(new Size(3, 5)).hasToString("3x5");
        assertThat(new Size(3, 5).area()).isEqualTo(15);
        assertThat(Size.of(4)).isEqualTo(new Size(4, 4));
        assertThat(new Size(1 << 20, 1 << 20).area()).isEqualTo(1L << 40);
    }
}
