package io.vertebra.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalResponseNormTest {

    @ParameterizedTest
    @CsvSource({"1, 0, 0", "2, 1, 0", "3, 1, 1", "4, 2, 1", "5, 2, 2"})
    void anEvenNumberHasOneMoreBeforeThanBehind(int size, int before, int behind) {
        LocalResponseNorm op = new LocalResponseNorm(size, 1, 1, 1);
        assertThat(op.before()).isEqualTo(before);
        assertThat(op.behind()).isEqualTo(behind);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 1         | 1         | 1         | size: must be at least 1, is 0",
                "5 | -1e-9     | 1         | 1         | alpha: must be finite and not negative, is -1.0E-9",
                "5 | Infinity  | 1         | 1         | alpha: must be finite and not negative, is Infinity",
                "5 | 1         | -1e-9     | 1         | beta: must be finite and not negative, is -1.0E-9",
                "5 | 1         | Infinity  | 1         | beta: must be finite and not negative, is Infinity",
                "5 | 1         | 1         | 0         | k: must be finite and above 0, is 0.0",
                "5 | 1         | 1         | Infinity  | k: must be finite and above 0, is Infinity",
                "5 | NaN       | 1         | 1         | alpha: must be finite and not negative, is NaN",
            })
    void saysWhatIsAllowed(int size, double alpha, double beta, double k, String message) {
        assertThatThrownBy(() -> new LocalResponseNorm(size, alpha, beta, k))
                .isInstanceOf(GraphException.class)
                .hasMessage(message);
    }

    @Test
    void isOfMaps() {
        LocalResponseNorm least = new LocalResponseNorm(1, 0, 0, 1e-9);
        Shape map = Shape.of(Shape.ANY, 6, Shape.ANY, 5);
        assertThat(least.output(List.of(map))).isEqualTo(map);
        assertThat(least.parameters(List.of(map))).isEmpty();
        assertThatThrownBy(() -> least.output(List.of(Shape.of(2, 6))))
                .hasMessage("input: must be (N, C, H, W), is (2, 6)");
    }
}
