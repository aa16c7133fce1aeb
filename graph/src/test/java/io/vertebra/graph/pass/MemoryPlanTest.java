package io.vertebra.graph.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.plan.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryPlanTest {
    private static Storage storage(long bytes, int first, int last) {
        Storage storage = new Storage(bytes);
        storage.touch(first);
        storage.touch(last);
        return storage;
    }

    @Test
    void aChainNeedsTwoBuffers() {
        List<Storage> chain = List.of(storage(64, 0, 1), storage(64, 1, 2), storage(64, 2, 3), storage(64, 3, 4));
        assertThat(MemoryPlan.assign(chain, 64)).isEqualTo(128);
    }

    @Test
    void fillsGaps() {
        Storage large = storage(640, 0, 1);
        Storage later = storage(640, 2, 3);
        Storage small = storage(100, 0, 3);
        assertThat(MemoryPlan.assign(List.of(small, large, later), 64)).isEqualTo(768);
        assertThat(large.offset()).isZero();
        assertThat(later.offset()).isZero();
        assertThat(small.offset()).isEqualTo(640);
    }

    @Test
    void joinedStoragesAreOne() {
        Storage a = storage(64, 0, 1);
        Storage b = storage(128, 1, 5);
        a.join(b);
        assertThat(MemoryPlan.assign(List.of(a, b), 64)).isEqualTo(128);
        assertThat(a.offset()).isEqualTo(b.offset());
        assertThat(a.first()).isZero();
        assertThat(a.last()).isEqualTo(5);
        assertThat(a.bytes()).isEqualTo(128);
    }

    @ParameterizedTest
    @CsvSource({"1, 64", "2, 64", "3, 64", "4, 64", "5, 256", "6, 256", "7, 256", "8, 1"})
    void nothingAliveOverlaps(long seed, long alignment) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Storage> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int first = random.nextInt(40);
            all.add(storage(1 + random.nextInt(5000), first, first + random.nextInt(10)));
        }
        long arena = MemoryPlan.assign(all, alignment);
        for (Storage a : all) {
            assertThat(a.offset() % alignment).isZero();
            assertThat(a.offset() + a.bytes()).isLessThanOrEqualTo(arena);
            for (Storage b : all) {
                boolean together = a != b && a.first() <= b.last() && b.first() <= a.last();
                if (together) {
                    assertThat(a.offset() + a.bytes() <= b.offset() || b.offset() + b.bytes() <= a.offset())
                            .isTrue();
                }
            }
        }
    }
}
