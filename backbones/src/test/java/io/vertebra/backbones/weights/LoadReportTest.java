package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.backbones.weights.LoadReport.Mismatch;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadReportTest {

    private static final Mismatch MISMATCH = new Mismatch("m", List.of(1), List.of(2));

    @Test
    void showsUpToThreeNames() {
        assertThat(report(List.of("a", "b", "c"), List.of("x"), List.of(MISMATCH))
                        .differences())
                .containsExactly(
                        "1 mismatched (m has shape [1], the model wants [2])",
                        "3 missing (a, b, c)",
                        "1 unexpected (x)");
        assertThat(report(List.of("a", "b", "c", "d"), List.of(), List.of(MISMATCH, MISMATCH))
                        .differences())
                .containsExactly(
                        "2 mismatched (m has shape [1], the model wants [2], ...)", "4 missing (a, b, c, ...)");
    }

    @Test
    void isCompleteOnlyIfNothingDiffers() {
        assertThat(report(List.of(), List.of(), List.of()).isComplete()).isTrue();
        assertThat(report(List.of("a"), List.of(), List.of()).isComplete()).isFalse();
        assertThat(report(List.of(), List.of("a"), List.of()).isComplete()).isFalse();
        assertThat(report(List.of(), List.of(), List.of(MISMATCH)).isComplete()).isFalse();
    }

    private static LoadReport report(List<String> missing, List<String> unexpected, List<Mismatch> mismatched) {
        return new LoadReport(
                Path.of("f"),
                null,
                List.of(),
                missing,
                unexpected,
                mismatched,
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }
}
