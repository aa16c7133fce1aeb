package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class WeightsExceptionTest {

    @Test
    void isOneLineOfFilePlaceAndReason() {
        WeightsException e = new WeightsException(Path.of("a", "b.pt"), "conv1.weight", "has no bytes");

        assertThat(e).hasMessage("a/b.pt: conv1.weight: has no bytes");
        assertThat(e.file()).isEqualTo(Path.of("a/b.pt"));
        assertThat(e.position()).isEqualTo("conv1.weight");
        assertThat(e.reason()).isEqualTo("has no bytes");
    }

    @Test
    void leavesOutAnEmptyPlaceAndKeepsTheCause() {
        Throwable cause = new IllegalStateException();
        WeightsException e = new WeightsException(Path.of("b.pt"), "", "is empty", cause);

        assertThat(e).hasMessage("b.pt: is empty").hasCause(cause);
    }

    @Test
    void keepsTextOfTheFileOnItsLine() {
        assertThat(new WeightsException(Path.of("f"), "a\nb\u001b[2J\u2028c", "x\r\ny"))
                .hasMessage("f: a?b?[2J?c: x??y");
    }

    @Test
    void shortensLongText() {
        assertThat(WeightsException.clean("a".repeat(400))).isEqualTo("a".repeat(400));
        assertThat(WeightsException.clean("a".repeat(401))).isEqualTo("a".repeat(400) + "...");
    }
}
