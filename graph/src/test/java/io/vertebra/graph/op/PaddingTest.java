package io.vertebra.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaddingTest {

    /** From TensorFlow's rule: with n % s == 0 the total is max(k − s, 0), else max(k − n % s, 0), the smaller half first. */
    @ParameterizedTest
    @CsvSource({
        // n, k, s, d, before, after, cells
        "13, 6, 5, 1, 1, 2, 3",
        "224, 3, 2, 1, 0, 1, 112",
        "224, 7, 2, 1, 2, 3, 112",
        "7, 3, 2, 1, 1, 1, 4",
        "8, 3, 1, 1, 1, 1, 8",
        "5, 2, 1, 1, 0, 1, 5",
        "5, 4, 1, 1, 1, 2, 5",
        "5, 1, 2, 1, 0, 0, 3",
        "6, 1, 2, 1, 0, 0, 3",
        "4, 2, 3, 1, 0, 1, 2",
        "10, 3, 1, 4, 4, 4, 10",
        "9, 3, 2, 2, 2, 2, 5",
        "8, 3, 2, 2, 1, 2, 4",
        "1, 3, 2, 1, 1, 1, 1",
        "2, 5, 4, 1, 1, 2, 1",
    })
    void padsAsTensorFlowDoes(int n, int k, int s, int d, int before, int after, int cells) {
        Padding.Explicit rows = Padding.same().resolve(new Size(n, 1), new Size(k, 1), new Size(s, 1), new Size(d, 1));
        assertThat(rows).isEqualTo(new Padding.Explicit(before, 0, after, 0));
        Padding.Explicit columns =
                Padding.same().resolve(new Size(1, n), new Size(1, k), new Size(1, s), new Size(1, d));
        assertThat(columns).isEqualTo(new Padding.Explicit(0, before, 0, after));

        Shape map = Shape.of(1, 1, n, n);
        assertThat(same(new Size(k, 1), new Size(s, 1), new Size(d, 1)).output(List.of(map)))
                .isEqualTo(Shape.of(1, 1, cells, n));
        assertThat(same(new Size(1, k), new Size(1, s), new Size(1, d)).output(List.of(map)))
                .isEqualTo(Shape.of(1, 1, n, cells));
    }

    private static Convolution same(Size kernel, Size stride, Size dilation) {
        return new Convolution(1, kernel, stride, Padding.same(), dilation, 1, false, Initializer.zeros());
    }

    @Test
    void keepsAnExplicitPaddingWhateverTheInput() {
        Padding.Explicit padding = new Padding.Explicit(1, 2, 3, 4);
        assertThat(padding.resolve(Size.of(9), Size.of(3), Size.of(2), Size.of(1)))
                .isSameAs(padding);
    }

    @Test
    void isMadeByNames() {
        assertThat(Padding.of(2)).isEqualTo(new Padding.Explicit(2, 2, 2, 2));
        assertThat(Padding.none()).isEqualTo(new Padding.Explicit(0, 0, 0, 0));
        assertThat(Padding.keep(new Size(7, 3), new Size(1, 2))).isEqualTo(new Padding.Explicit(3, 2, 3, 2));
        assertThat(Padding.keep(new Size(4, 1), new Size(3, 5))).isEqualTo(new Padding.Explicit(4, 0, 4, 0));
    }

    @Test
    void isPrintedShort() {
        assertThat(Padding.of(3)).hasToString("3");
        assertThat(new Padding.Explicit(0, 1, 2, 3)).hasToString("0,1,2,3");
        assertThat(new Padding.Explicit(1, 1, 1, 2)).hasToString("1,1,1,2");
        assertThat(new Padding.Explicit(1, 1, 2, 1)).hasToString("1,1,2,1");
        assertThat(new Padding.Explicit(1, 2, 1, 1)).hasToString("1,2,1,1");
        assertThat(Padding.same()).hasToString("same");
    }

    @ParameterizedTest
    @CsvSource({"-1, 0, 0, 0", "0, -1, 0, 0", "0, 0, -1, 0", "0, 0, 0, -1"})
    void isNeverNegative(int top, int left, int bottom, int right) {
        assertThatThrownBy(() -> new Padding.Explicit(top, left, bottom, right))
                .isInstanceOf(GraphException.class)
                .hasMessage("padding: must not be negative");
    }
}
