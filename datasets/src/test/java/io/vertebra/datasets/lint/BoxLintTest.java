package io.vertebra.datasets.lint;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.datasets.Instance;
import io.vertebra.datasets.Silhouette;
import io.vertebra.datasets.decode.Finding;
import io.vertebra.images.Box;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoxLintTest {

    private static Instance at(long id, int label, float x, float y) {
        return new Instance(id, label, new Box(x, y, x + 10, y + 20));
    }

    private static Instance crowd(long id, float x, float y) {
        return new Instance(id, 0, new Box(x, y, x + 10, y + 20), Silhouette.NONE, true, false, 200);
    }

    private static List<String> lint(Instance... objects) {
        FindingList list = new FindingList();
        BoxLint.nearDuplicates(List.of(objects), "object", list.in("a.xml"));
        return list.findings().stream().map(Finding::toString).toList();
    }

    @Test
    void findsBoxesThatWereDrawnTwice() { // overlaps by hand: 9.5 x 20 of 10.5 x 20, 9.4 x 20 of 10.6 x 20
        assertThat(lint(at(1, 0, 0, 0), at(2, 0, 50, 0), at(3, 0, 0.5f, 0)))
                .containsExactly("a.xml: object 3: warning: nearly the same box as object 1 of its class (IoU 0.905)");
        assertThat(lint(at(1, 0, 0, 0), at(2, 0, 0.6f, 0))).isEmpty();
        assertThat(lint(at(1, 0, 0, 0), at(2, 0, 0, 0.6f)))
                .containsExactly("a.xml: object 2: warning: nearly the same box as object 1 of its class (IoU 0.942)");
        assertThat(lint(at(1, 0, 0, 0), at(2, 0, 0, 0), at(3, 0, 0, 0))).hasSize(2); // each later one once
    }

    @Test
    void otherClassesCrowdsAndNeighboursMayLieThere() {
        assertThat(lint(at(1, 0, 0, 0), at(2, 1, 0, 0))).isEmpty();
        assertThat(lint(at(1, 0, 0, 0), crowd(2, 0, 0))).isEmpty();
        assertThat(lint(crowd(1, 0, 0), at(2, 0, 0, 0))).isEmpty();
        assertThat(lint(at(1, 0, 0, 0), at(2, 0, 10, 0), at(3, 0, -30, -30), at(4, 0, 0, 20)))
                .isEmpty();
    }
}
