package io.vertebra.tasks.feeding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.cuda.emulated.EmulatedProvider;
import io.vertebra.datasets.Batch;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.loading.Loader;
import io.vertebra.datasets.loading.LoaderOptions;
import io.vertebra.datasets.transforms.Pipeline;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.images.Normalization;
import io.vertebra.tasks.Blobs;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.TinyNet;
import io.vertebra.tasks.UnfedEngine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60) // a feed that waits for itself must fail the test, not hang the build
class FeedTest {
    private static final Engine FED = new EmulatedProvider().create();

    private static Session session(boolean ahead) {
        Graph graph = TinyNet.training().withOutputs("logits");
        Engine engine = ahead ? FED : new UnfedEngine(FED);
        return engine.open(graph, Parameters.initialize(graph, 2), Options.inference(Precision.FP32));
    }

    private static Batch batch(int side) {
        Batch batch = new Batch(2, side, side, 3, false);
        Arrays.fill(batch.input(), side);
        return batch;
    }

    private static Map<String, Tensor> pictures(Batch batch) {
        return Map.of("input", Problem.given(batch));
    }

    private static Supplier<Batch> source(List<Batch> batches, AtomicInteger asked) {
        return () -> {
            int number = asked.getAndIncrement();
            return number < batches.size() ? batches.get(number) : null;
        };
    }

    private static List<Batch> batches(int count) {
        return IntStream.range(0, count).mapToObj(i -> batch(4 + i)).toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void batchesComeInOrderAndThenNone(boolean ahead) {
        List<Batch> batches = batches(5);
        try (Session session = session(ahead);
                Feed feed = Feed.of(source(batches, new AtomicInteger()), FeedTest::pictures, session)) {
            for (Batch batch : batches) {
                Feed.Fed fed = feed.next(false);
                assertThat(fed.batch()).isSameAs(batch);
                assertThat(fed.inputs().inputs()).isEqualTo(pictures(batch));
                session.evaluate(feed.use(fed));
            }
            assertThat(feed.next(false)).isNull();
            assertThat(feed.next(false)).isNull();
        }
    }

    @Test
    void theNextOneIsAskedForMeanwhileButNotBehindTheLast() {
        AtomicInteger asked = new AtomicInteger();
        try (Session session = session(true);
                Feed feed = Feed.of(source(batches(5), asked), FeedTest::pictures, session)) {
            feed.next(false);
            while (asked.get() < 2) {
                Thread.onSpinWait();
            }
            feed.next(true);
            assertThat(asked.get()).isEqualTo(2);
            feed.next(true);
            assertThat(asked.get()).isEqualTo(3);
        }
    }

    @Test
    void aSessionWithoutUseForItIsFedWhenAsked() {
        AtomicInteger asked = new AtomicInteger();
        Thread caller = Thread.currentThread();
        Supplier<Batch> source = () -> {
            assertThat(Thread.currentThread()).isSameAs(caller);
            asked.getAndIncrement();
            return batch(4);
        };
        try (Session session = session(false);
                Feed feed = Feed.of(source, FeedTest::pictures, session)) {
            for (int i = 1; i < 4; i++) {
                feed.next(false);
                assertThat(asked.get()).isEqualTo(i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBrokenBatchIsToldWhenItsTurnHasCome(boolean ahead) {
        AtomicInteger asked = new AtomicInteger();
        DatasetException broken = new DatasetException("picture 7", "is broken");
        Supplier<Batch> source = () -> {
            if (asked.getAndIncrement() == 1) {
                throw broken;
            }
            return batch(4);
        };
        try (Session session = session(ahead);
                Feed feed = Feed.of(source, FeedTest::pictures, session)) {
            session.evaluate(feed.use(feed.next(false)));
            assertThatThrownBy(() -> feed.next(false)).isSameAs(broken);
            assertThat(feed.next(true)).isNotNull();
            assertThat(asked.get()).isEqualTo(3);
        }
    }

    @Test
    void anErrorComesThroughToo() {
        Supplier<Batch> source = () -> {
            throw new StackOverflowError("deep");
        };
        try (Session session = session(true);
                Feed feed = Feed.of(source, FeedTest::pictures, session)) {
            assertThatThrownBy(() -> feed.next(false)).isInstanceOf(StackOverflowError.class);
        }
    }

    @Test
    void closingDoesNotWaitForData() throws InterruptedException {
        CountDownLatch waiting = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        Supplier<Batch> source = () -> {
            if (asked.getAndIncrement() == 0) {
                return batch(4);
            }
            waiting.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return null;
        };
        try (Session session = session(true)) {
            Feed feed = Feed.of(source, FeedTest::pictures, session);
            feed.next(false);
            await(waiting);
            List<Thread> running = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("vertebra-feed"))
                    .toList();
            assertThat(running).isNotEmpty().allMatch(Thread::isDaemon);
            feed.close();
            for (Thread thread : running) {
                thread.join();
            }
            feed.close();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void onlyTheTimeInWhichTheCallerWaitsIsCounted() {
        AtomicInteger asked = new AtomicInteger();
        Thread caller = Thread.currentThread();
        Supplier<Batch> source = () -> {
            if (asked.getAndIncrement() == 1) {
                while (caller.getState() != Thread.State.WAITING) {
                    Thread.onSpinWait();
                }
            }
            return batch(4);
        };
        try (Session session = session(true);
                Feed feed = Feed.of(source, FeedTest::pictures, session)) {
            assertThat(feed.waitedNanos()).isZero();
            feed.next(false);
            long first = feed.waitedNanos();
            session.evaluate(io.vertebra.graph.engine.Batch.of(Problem.pictures(batch(4))));
            assertThat(feed.waitedNanos()).isEqualTo(first);
            feed.next(true);
            assertThat(feed.waitedNanos()).isGreaterThan(first);
        }
    }

    @Test
    void picturesAreKnownByTheirArray() {
        List<Batch> batches = batches(2);
        try (Session session = session(true);
                Feed feed = Feed.of(source(batches, new AtomicInteger()), FeedTest::pictures, session)) {
            Tensor.Floats first = Problem.pictures(batches.get(0));
            assertThat(feed.use(Map.of("input", first)).inputs()).containsValue(first);
            Feed.Fed fed = feed.next(true);
            assertThat(feed.use(Map.of("input", Problem.pictures(batches.get(0)))))
                    .isSameAs(fed.inputs());
            Tensor.Floats turned = new Tensor.Floats(io.vertebra.graph.op.Shape.of(2, 3, 2, 8), first.data());
            assertThat(feed.use(Map.of("input", turned))).isNotSameAs(fed.inputs());
            Tensor.Floats copy = new Tensor.Floats(first.shape(), first.data().clone());
            assertThat(feed.use(Map.of("input", copy))).isNotSameAs(fed.inputs());
            assertThat(feed.use(Map.of("input", copy)).inputs()).containsValue(copy);
        }
    }

    @Test
    void whatNobodyUsesIsNoLongerBrought() {
        List<Batch> batches = batches(6);
        try (Session session = session(true);
                Feed feed = Feed.of(source(batches, new AtomicInteger()), FeedTest::pictures, session)) {
            List<Long> memory = new ArrayList<>();
            for (int i = 0; i < batches.size(); i++) {
                feed.next(true);
                memory.add(session.memory().scratch());
            }
            assertThat(memory.get(0)).isPositive();
            assertThat(memory.subList(1, memory.size())).containsOnly(memory.get(0));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void twoBatchesOfALoaderAreValidAtOnce(boolean ahead) {
        Blobs data = new Blobs(40, 8, 60);
        try (Session session = session(ahead);
                Loader loader = Loader.evaluation(data, Pipeline.NONE, Normalization.IMAGENET, LoaderOptions.of(4, 1));
                Feed feed = Feed.of(loader, FeedTest::pictures, session)) {
            loader.seek(0, 0);
            int count = 0;
            for (Feed.Fed fed = feed.next(false); fed != null; fed = feed.next(false)) {
                assertThat(fed.batch().samples().isPresent()).isEqualTo(ahead);
                float[] before = fed.batch().input().clone();
                session.evaluate(feed.use(fed));
                assertThat(fed.batch().input()).isEqualTo(before);
                assertThat(feed.use(pictures(fed.batch()))).isSameAs(fed.inputs());
                assertThat(fed.batch().index()).isEqualTo(count++);
            }
            assertThat(count).isEqualTo(10);
        }
    }
}
