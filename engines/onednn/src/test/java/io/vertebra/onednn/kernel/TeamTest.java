package io.vertebra.onednn.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TeamTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void runsEveryTaskOnce(int size) {
        Team team = new Team(size);
        assertThat(team.size()).isEqualTo(size);
        for (int round = 0; round < 2000; round++) {
            int count = round % 7;
            AtomicIntegerArray runs = new AtomicIntegerArray(8);
            team.run(count, (index, member) -> runs.incrementAndGet(index));
            for (int i = 0; i < 8; i++) {
                assertThat(runs.get(i)).isEqualTo(i < count ? 1 : 0);
            }
        }
    }

    @Test
    void membersWorkAtTheSameTimeUnderNumbersOfTheirOwn() {
        Team team = new Team(3);
        CountDownLatch together = new CountDownLatch(3);
        Set<Integer> members = ConcurrentHashMap.newKeySet();
        team.run(3, (index, member) -> {
            members.add(member);
            together.countDown();
            await(together); // would wait for ever if one thread had two of the tasks
        });
        assertThat(members).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void aTaskMayUseTheTeamItself() {
        Team team = new Team(2);
        AtomicIntegerArray runs = new AtomicIntegerArray(4);
        team.run(1, (outer, member) -> team.run(2, (index, inner) -> runs.incrementAndGet(index)));
        team.run(2, (outer, member) -> team.run(2, (index, inner) -> runs.incrementAndGet(2 + index)));
        assertThat(runs.toString()).isEqualTo("[1, 1, 2, 2]");
    }

    @Test
    void otherThreadsWorkAloneMeanwhile() throws InterruptedException {
        Team team = new Team(2);
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch finished = new CountDownLatch(1);
        List<Integer> members = new ArrayList<>();
        Thread other = new Thread(() -> {
            await(held);
            team.run(2, (index, member) -> members.add(member));
            finished.countDown();
        });
        other.start();
        team.run(2, (index, member) -> {
            held.countDown();
            await(finished);
        });
        other.join();
        assertThat(members).containsExactly(0, 0);
    }

    @Test
    void aFailureIsTheCallersAndTheTeamGoesOn() {
        Team team = new Team(2);
        assertThatThrownBy(() -> team.run(4, (index, member) -> {
                    if (index == 2) {
                        throw new IllegalStateException("task " + index);
                    }
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("task 2");
        AtomicIntegerArray runs = new AtomicIntegerArray(4);
        team.run(4, (index, member) -> runs.incrementAndGet(index));
        assertThat(runs.toString()).isEqualTo("[1, 1, 1, 1]");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
