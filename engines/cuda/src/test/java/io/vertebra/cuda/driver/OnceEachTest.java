package io.vertebra.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class OnceEachTest {
    private final AtomicInteger calls = new AtomicInteger();

    @Test
    void makesEachOnce() {
        OnceEach<Integer, String> each = new OnceEach<>(key -> key + " " + calls.incrementAndGet());
        assertThat(each.get(5)).isEqualTo("5 1");
        each.prepare(List.of(5, 6, 6), 3);
        assertThat(each.get(6)).isEqualTo("6 2");
        assertThat(each.get(5)).isEqualTo("5 1");
        assertThat(calls).hasValue(2);
    }

    /** Each of three waits until two others are being made, which one thread alone, or two, would never end. */
    @Test
    void preparesSeveralAtOnce() {
        CyclicBarrier three = new CyclicBarrier(3);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        OnceEach<Integer, Integer> each = new OnceEach<>(key -> {
            threads.add(Thread.currentThread());
            pass(three);
            return -key;
        });
        each.prepare(List.of(1, 2, 3, 4, 5, 6), 3);
        assertThat(threads).hasSize(3).contains(Thread.currentThread());
        threads.remove(Thread.currentThread());
        assertThat(threads).allSatisfy(thread -> {
            assertThat(thread.isAlive()).isFalse();
            assertThat(thread.isDaemon()).isTrue();
            assertThat(thread.getName()).matches("vertebra-cuda-compiler-[12]");
        });
        assertThat(each.get(6)).isEqualTo(-6);
    }

    @Test
    void needsNoThreadForOne() {
        OnceEach<Integer, Thread> each = new OnceEach<>(key -> Thread.currentThread());
        each.prepare(List.of(1), 8);
        each.prepare(List.of(2, 3), 1);
        assertThat(IntStream.rangeClosed(1, 3).mapToObj(each::get)).containsOnly(Thread.currentThread());
        each.prepare(List.of(), 8);
    }

    /** The second asks while the first is at work. */
    @Test
    void othersWait() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        OnceEach<String, Integer> each = new OnceEach<>(key -> {
            begun.countDown();
            await(go);
            return calls.incrementAndGet();
        });
        Set<Integer> got = ConcurrentHashMap.newKeySet();
        Thread first = new Thread(() -> got.add(each.get("a")));
        first.start();
        await(begun);
        Thread second = new Thread(() -> got.add(each.get("a")));
        second.start();
        while (second.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        go.countDown();
        first.join();
        second.join();
        assertThat(got).containsExactly(1);
    }

    @Test
    void failuresAreToldAndTriedAgain() {
        OnceEach<Integer, Integer> each = new OnceEach<>(key -> {
            if (calls.incrementAndGet() == 1) {
                throw new IllegalStateException("broken " + key);
            }
            return key;
        });
        assertThatThrownBy(() -> each.get(7))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("broken 7");
        assertThat(each.get(7)).isEqualTo(7);
    }

    static Stream<Throwable> faults() {
        return Stream.of(new IllegalStateException("broken"), new UnsatisfiedLinkError("worse"));
    }

    /** The fault comes out of another thread, or of this one; what has not begun does not begin. */
    @ParameterizedTest
    @MethodSource("faults")
    void failuresEndThePreparation(Throwable fault) {
        CyclicBarrier two = new CyclicBarrier(2);
        OnceEach<Integer, Integer> each = new OnceEach<>(key -> {
            calls.incrementAndGet();
            pass(two);
            if (fault instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) fault;
        });
        assertThatThrownBy(() -> each.prepare(List.of(1, 2, 3, 4), 2)).isSameAs(fault);
        assertThat(calls).hasValue(2);
    }

    @Test
    void interruptionsAreKeptForLater() {
        CyclicBarrier two = new CyclicBarrier(2);
        Thread caller = Thread.currentThread();
        OnceEach<Integer, Integer> each = new OnceEach<>(key -> {
            pass(two);
            if (Thread.currentThread() != caller) {
                while (caller.getState() != Thread.State.WAITING) {
                    Thread.onSpinWait();
                }
                caller.interrupt();
            }
            return key;
        });
        each.prepare(List.of(1, 2), 2);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(each.get(2)).isEqualTo(2);
    }

    private static void pass(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
