package io.vertebra.graph.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.plan.Storage;
import java.util.List;
import org.junit.jupiter.api.Test;

class InPlaceTest {
    private static Storage storage(long bytes, int... calls) {
        Storage storage = new Storage(bytes);
        for (int call : calls) {
            storage.touch(call);
        }
        return storage;
    }

    private static boolean joins(Storage result, Storage source) {
        InPlace.apply(List.of(new InPlace.Candidate(1, result, source)));
        return result.root() == source.root();
    }

    @Test
    void joinsWhatDiesWithWhatIsBorn() {
        Storage source = storage(64, 0, 1);
        Storage result = storage(64, 1, 4);
        assertThat(joins(result, source)).isTrue();
        assertThat(source.last()).isEqualTo(4);
    }

    @Test
    void keepsASourceThatIsReadLater() {
        assertThat(joins(storage(64, 1, 4), storage(64, 0, 1, 3))).isFalse();
    }

    @Test
    void keepsAResultThatHeldSomethingBefore() {
        assertThat(joins(storage(64, 0, 4), storage(64, 0, 1))).isFalse();
    }

    @Test
    void keepsAResultThatIsLarger() {
        assertThat(joins(storage(128, 1, 4), storage(64, 0, 1))).isFalse();
    }

    @Test
    void aChainRunsInOneStorage() {
        Storage a = storage(64, 0, 1);
        Storage b = storage(64, 1, 2);
        Storage c = storage(64, 2, 3);
        InPlace.apply(List.of(new InPlace.Candidate(1, b, a), new InPlace.Candidate(2, c, b)));
        assertThat(c.root()).isSameAs(a.root());
    }

    @Test
    void theSecondOfTwoSourcesIsLeftAlone() {
        Storage a = storage(64, 0, 1);
        Storage b = storage(64, 0, 1);
        Storage sum = storage(64, 1, 2);
        InPlace.apply(List.of(new InPlace.Candidate(1, sum, a), new InPlace.Candidate(1, sum, b)));
        assertThat(sum.root()).isSameAs(a.root());
        assertThat(b.root()).isNotSameAs(a.root());
    }
}
