package io.vertebra.datasets.lint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.decode.Finding;
import io.vertebra.datasets.decode.Finding.Severity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindingListTest {

    private final FindingList list = new FindingList();

    private List<String> texts() {
        return list.findings().stream().map(Finding::toString).toList();
    }

    @Test
    void keepsTwentyOfAKindAndCountsTheRest() {
        Faults faults = list.in("a.json");
        for (int i = 0; i < 25; i++) {
            faults.error("annotation " + i, "image_id " + i + " of 'x" + i + "' is not there");
            faults.warning("annotation " + i, "image_id " + i + " of 'x" + i + "' is not there");
        }
        for (int i = 0; i < 20; i++) {
            faults.error("annotation " + i, "is too long: " + i + ".5");
        }
        List<Finding> findings = list.findings();
        assertThat(findings).hasSize(20 + 20 + 20 + 2);
        assertThat(findings.get(1)).hasToString("a.json: annotation 0: warning: image_id 0 of 'x0' is not there");
        assertThat(findings.get(38)).hasToString("a.json: annotation 19: image_id 19 of 'x19' is not there");
        assertThat(findings.get(60))
                .hasToString(
                        "a.json: annotation 0: image_id 0 of 'x0' is not there; and 5 more like this than are listed");
        assertThat(findings.get(61).severity()).isEqualTo(Severity.WARNING);
    }

    @Test
    void boundsTheKindsToo() {
        Faults faults = list.in("a.json");
        for (char a = 'a'; a <= 'z'; a++) {
            for (char b = 'a'; b <= 'z'; b++) {
                faults.error("", "x" + a + b);
                faults.error("", "y" + a + b);
            }
        }
        assertThat(list.findings()).hasSize(1000 + 20 + 1);
        assertThat(texts().get(1020)).endsWith("; and 332 more like this than are listed");
    }

    @Test
    void turnsExceptionsIntoFindings() {
        list.guarded("a.json", () -> {
            throw new DatasetException("b.json", "line 2", "is broken", null);
        });
        list.guarded("a.json", () -> {
            throw new UncheckedIOException(new IOException("x"));
        });
        assertThat(texts()).containsExactly("b.json: line 2: is broken", "a.json: cannot be read");
        assertThat(list.findings()).allMatch(finding -> finding.severity() == Severity.ERROR);
    }

    @Test
    void keepsLinesShortAndSingle() {
        list.in("a").error("", "one\n\ttwo");
        list.in("a").warning("", "x".repeat(301));
        list.in("a").warning("", "y".repeat(300));
        assertThat(texts())
                .containsExactly(
                        "a: one two", "a: warning: " + "x".repeat(300) + "...", "a: warning: " + "y".repeat(300));
    }

    @Test
    void loadingEndsAtTheFirstError() {
        Faults faults = Faults.throwing("a.json");
        assertThatCode(() -> faults.warning("x", "is odd")).doesNotThrowAnyException();
        assertThatThrownBy(() -> faults.error("annotation 2", "is wrong"))
                .isInstanceOf(DatasetException.class)
                .hasMessage("a.json: annotation 2: is wrong");
    }
}
