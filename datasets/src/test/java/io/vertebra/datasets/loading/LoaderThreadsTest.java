package io.vertebra.datasets.loading;

import static io.vertebra.datasets.loading.Made.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.transforms.Pipeline;
import io.vertebra.images.Size;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60) // a loader that waits for itself must fail the test, not hang the build
class LoaderThreadsTest {

    /** Loading waits until it is allowed. */
    private static final class Gate {
        private final CountDownLatch open = new CountDownLatch(1);
        private final Set<String> threads = ConcurrentHashMap.newKeySet();
        private final Made data =
                new Made(8, "n", List.of("even", "odd"), Optional.of(new Size(1, 1)), new AtomicInteger(), this::load);

        private Sample load(int index) {
            Thread loading = Thread.currentThread();
            threads.add(loading.getName() + (loading.isDaemon() ? " daemon" : ""));
            try {
                open.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return Made.numbers(8).load(index);
        }
    }

    @Test
    void readsAheadInNamedDaemonThreadsAndNoFurtherThanAllowed() throws InterruptedException {
        Gate gate = new Gate();
        Loader loader = Loader.training(
                gate.data, Pipeline.NONE, PLAIN, LoaderOptions.of(1, 1).withWorkers(2, 3));
        assertThat(loader.waitedNanos()).isZero();
        loader.seek(0, 0);
        while (gate.threads.size() < 2) {
            Thread.onSpinWait();
        }
        assertThat(gate.threads).containsExactlyInAnyOrder("vertebra-loader-0 daemon", "vertebra-loader-1 daemon");
        gate.open.countDown();
        while (gate.data.loads().get() < 3) {
            Thread.onSpinWait();
        }
        assertThat(loader.next().index()).isZero();
        while (gate.data.loads().get() < 4) {
            Thread.onSpinWait();
        }
        List<Thread> running = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("vertebra-loader-"))
                .toList();
        assertThat(running).isNotEmpty();
        loader.close();
        loader.close();
        assertThat(running).noneMatch(Thread::isAlive);
        assertThat(gate.data.loads().get()).isEqualTo(4); // one given and three ahead
        assertThat(loader.waitedNanos()).isNotNegative();
        assertThatThrownBy(loader::next)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the loader is closed");
        assertThatThrownBy(() -> loader.seek(0, 0)).hasMessage("the loader is closed");
    }

    @Test
    void countsTheTimeThatTheConsumerWaits() throws InterruptedException {
        Gate gate = new Gate();
        try (Loader loader = Loader.training(gate.data, Pipeline.NONE, PLAIN, LoaderOptions.of(1, 1))) {
            loader.seek(0, 0);
            Thread opener = opener(gate);
            long before = System.nanoTime();
            loader.next();
            assertThat(loader.waitedNanos()).isPositive().isLessThanOrEqualTo(System.nanoTime() - before);
            opener.join();
        }
    }

    /** Opens a gate as soon as the thread that asks for this waits. */
    private static Thread opener(Gate gate) {
        Thread waiting = Thread.currentThread();
        Thread opener = new Thread(() -> {
            while (waiting.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            gate.open.countDown();
        });
        opener.start();
        return opener;
    }

    @Test
    void anInterruptedConsumerStopsWaitingAndStaysInterrupted() throws InterruptedException {
        Gate gate = new Gate();
        Loader loader = Loader.training(gate.data, Pipeline.NONE, PLAIN, LoaderOptions.of(1, 1));
        loader.seek(0, 0);
        Thread.currentThread().interrupt();
        assertThatThrownBy(loader::next)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("interrupted while waiting for data");
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        Thread opener = opener(gate);
        loader.close(); // waits for its threads all the same
        assertThat(Thread.interrupted()).isTrue();
        opener.join();
    }

    @Test
    void buffersAreUsedAgainAndNeverWhileTheConsumerHasThem() {
        Made data = Made.numbers(64);
        try (Loader loader = Loader.training(
                data, Pipeline.NONE, PLAIN, LoaderOptions.of(4, 1).withWorkers(3, 2))) {
            int measured = data.loads().get();
            loader.seek(0, 0);
            Set<float[]> buffers = Collections.newSetFromMap(new IdentityHashMap<>());
            for (int i = 0; i < 200; i++) {
                Batch batch = loader.next();
                buffers.add(batch.input());
                int[] indices = batch.indices().clone();
                while (data.loads().get() < measured + 4 * (i + 1 + 2)) { // the two batches ahead are being written
                    Thread.onSpinWait();
                }
                for (int row = 0; row < 4; row++) {
                    assertThat(batch.input()[3 * row]).isEqualTo(indices[row] / 255f);
                }
                assertThat(batch.epoch() * 16 + batch.index()).isEqualTo(i);
            }
            assertThat(buffers).hasSizeBetween(2, 3);
        }
    }

    @Test
    void asManyBatchesAsAreHeldStayValid() {
        Made data = Made.numbers(64);
        try (Loader loader = Loader.training(
                data, Pipeline.NONE, PLAIN, LoaderOptions.of(4, 1).withWorkers(3, 2))) {
            loader.seek(0, 0);
            Kept first = Kept.of(loader.next());
            loader.hold(3);
            assertThatThrownBy(loader::next).hasMessage("seek says where to start");
            int measured = data.loads().get();
            loader.seek(0, 0);
            Deque<Batch> held = new ArrayDeque<>();
            Deque<Kept> copies = new ArrayDeque<>();
            for (int i = 0; i < 100; i++) {
                held.add(loader.next());
                copies.add(Kept.of(held.getLast()));
                while (data.loads().get() < measured + 4 * (i + 1 + 2)) { // the two batches ahead are being written
                    Thread.onSpinWait();
                }
                if (held.size() == 3) {
                    assertThat(held.stream().map(Kept::of)).containsExactlyElementsOf(copies);
                    held.remove();
                    copies.remove();
                }
            }
            loader.hold(1);
            loader.seek(0, 0);
            assertThat(Kept.of(loader.next())).isEqualTo(first);
            assertThatThrownBy(() -> loader.hold(0)).hasMessage("batches: must be at least 1, is 0");
        }
    }
}
