package io.vertebra.onednn.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
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
            await(together); // in vain if one thread had two of the tasks
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

    static Stream<Arguments> failures() {
        return Stream.of(0, 1)
                .flatMap(member -> Stream.of(new IllegalStateException("broken"), new StackOverflowError("broken"))
                        .map(failure -> Arguments.of(member, failure)));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aFailureIsTheCallersAndTheTeamGoesOn(int failing, Throwable failure) {
        Team team = new Team(2);
        CountDownLatch together = new CountDownLatch(2);
        AtomicIntegerArray runs = new AtomicIntegerArray(1000);
        assertThatThrownBy(() -> team.run(1000, (index, member) -> {
                    together.countDown();
                    await(together);
                    runs.incrementAndGet(index);
                    if (index < 2 && member == failing) { // of the first two each member has one
                        raise(failure);
                    }
                }))
                .isSameAs(failure);
        for (int i = 0; i < 1000; i++) { // nobody is still at work
            assertThat(runs.get(i)).isEqualTo(1);
        }
        CountDownLatch again = new CountDownLatch(2);
        Set<Integer> members = ConcurrentHashMap.newKeySet();
        team.run(2, (index, member) -> {
            members.add(member);
            again.countDown();
            await(again);
        });
        assertThat(members).containsExactlyInAnyOrder(0, 1);
    }

    private static void raise(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) failure;
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody else came");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
