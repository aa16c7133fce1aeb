package io.vertebra.datasets.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.CounterRandom;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.formats.ShapesFormat;
import io.vertebra.datasets.transforms.CutMix;
import io.vertebra.datasets.transforms.Mixup;
import io.vertebra.datasets.transforms.Pipeline;
import io.vertebra.datasets.transforms.RandomCrop;
import io.vertebra.datasets.transforms.RandomHorizontalFlip;
import io.vertebra.images.Normalization;
import io.vertebra.images.Raster;
import io.vertebra.images.Size;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60) // a loader that waits for itself must fail the test, not hang the build
class LoaderTest {

    private static final Normalization PLAIN = new Normalization(List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));
    private static final Pipeline AUGMENTED = Pipeline.of(List.of(
            new RandomCrop(new RandomCrop.Config(16, 2)),
            new RandomHorizontalFlip(new RandomHorizontalFlip.Config(null))));

    /** One-pixel pictures whose red is the sample's number; those in {@code broken} cannot be read. */
    private record Numbers(int size, Set<Integer> broken, AtomicInteger loads) implements Dataset {

        Numbers(int size, Integer... broken) {
            this(size, Set.of(broken), new AtomicInteger());
        }

        @Override
        public List<String> classNames() {
            return List.of("even", "odd");
        }

        @Override
        public int label(int index) {
            return index % 2;
        }

        @Override
        public String id(int index) {
            return "n" + index;
        }

        @Override
        public Sample load(int index) {
            loads.incrementAndGet();
            if (broken.contains(index)) {
                throw new DatasetException("n" + index, "is broken");
            }
            return new Sample(id(index), Raster.of(1, 1, 3, new byte[] {(byte) index, 0, 0}), label(index));
        }
    }

    /** What a batch holds, for keeping. */
    private record Kept(
            long epoch,
            int index,
            int valid,
            List<Integer> indices,
            List<Integer> labels,
            List<Float> input,
            List<Float> soft) {
        static Kept of(Batch batch) {
            return new Kept(
                    batch.epoch(),
                    batch.index(),
                    batch.valid(),
                    Arrays.stream(batch.indices()).boxed().toList(),
                    Arrays.stream(batch.labels()).boxed().toList(),
                    floats(batch.input()),
                    floats(batch.softLabels().orElse(new float[0])));
        }

        private static List<Float> floats(float... values) {
            return IntStream.range(0, values.length).mapToObj(i -> values[i]).toList();
        }
    }

    private static List<Kept> take(Loader loader, int count) {
        List<Kept> batches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batches.add(Kept.of(loader.next()));
        }
        return batches;
    }

    private static List<Kept> epoch(Loader loader) {
        List<Kept> batches = new ArrayList<>();
        loader.seek(0, 0);
        for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
            batches.add(Kept.of(batch));
        }
        return batches;
    }

    private static Dataset shapes(int count) {
        return new ShapesFormat().open(new ShapesFormat.Config(count, 16, 1L));
    }

    @Test
    void batchesAreTheSameWhateverTheThreadsPrefetchAndCache() {
        Pipeline pipeline = Pipeline.of(List.of(
                new RandomCrop(new RandomCrop.Config(16, 2)),
                new RandomHorizontalFlip(new RandomHorizontalFlip.Config(null)),
                new Mixup(new Mixup.Config(0.5)),
                new CutMix(new CutMix.Config(null))));
        LoaderOptions one = LoaderOptions.of(8, 7);
        List<List<Kept>> runs = new ArrayList<>();
        for (LoaderOptions options : List.of(
                one.withWorkers(1, 1),
                one.withWorkers(4, 6),
                one.withWorkers(3, 1).withCache(1))) {
            try (Loader loader = Loader.training(shapes(50), pipeline, Normalization.IMAGENET, options)) {
                loader.seek(0, 0);
                runs.add(take(loader, 20));
            }
        }
        assertThat(runs.get(1)).isEqualTo(runs.get(0));
        assertThat(runs.get(2)).isEqualTo(runs.get(0));
        try (Loader loader = Loader.training(shapes(50), pipeline, Normalization.IMAGENET, LoaderOptions.of(8, 8))) {
            loader.seek(0, 0);
            assertThat(take(loader, 1).get(0).indices())
                    .isNotEqualTo(runs.get(0).get(0).indices());
        }
    }

    @Test
    void trainingShufflesEachEpochAndDropsTheRest() {
        try (Loader loader = Loader.training(new Numbers(23), Pipeline.NONE, PLAIN, LoaderOptions.of(5, 3))) {
            assertThat(loader.batchesPerEpoch()).isEqualTo(4);
            assertThat(loader.samples()).isEqualTo(23);
            loader.seek(0, 0);
            List<Kept> batches = take(loader, 12);
            List<List<Integer>> orders = new ArrayList<>();
            for (int epoch = 0; epoch < 3; epoch++) {
                List<Integer> order = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    Kept batch = batches.get(4 * epoch + i);
                    assertThat(batch.epoch()).isEqualTo(epoch);
                    assertThat(batch.index()).isEqualTo(i);
                    assertThat(batch.valid()).isEqualTo(5);
                    order.addAll(batch.indices());
                    for (int row = 0; row < 5; row++) {
                        int sample = batch.indices().get(row);
                        assertThat(batch.labels().get(row)).isEqualTo(sample % 2);
                        assertThat(batch.input().get(3 * row)).isEqualTo(sample / 255f);
                    }
                }
                assertThat(order)
                        .doesNotHaveDuplicates()
                        .hasSize(20)
                        .isSubsetOf(IntStream.range(0, 23).boxed().toList());
                assertThat(order)
                        .isEqualTo(Arrays.stream(CounterRandom.of(3, epoch).permutation(23))
                                .limit(20)
                                .boxed()
                                .toList());
                orders.add(order);
            }
            assertThat(new HashSet<>(orders)).hasSize(3);
        }
    }

    @Test
    void startsAnywhere() {
        try (Loader loader = Loader.training(
                shapes(30), AUGMENTED, PLAIN, LoaderOptions.of(4, 1).withWorkers(2, 3))) {
            loader.seek(0, 0);
            List<Kept> whole = take(loader, 25);
            loader.seek(2, 3);
            assertThat(take(loader, 6)).isEqualTo(whole.subList(17, 23));
            loader.seek(0, 0);
            assertThat(take(loader, 1)).isEqualTo(whole.subList(0, 1));
            loader.seek(1, 7); // the end of epoch 1 is the beginning of epoch 2
            assertThat(take(loader, 2)).isEqualTo(whole.subList(14, 16));
        }
    }

    @Test
    void evaluationKeepsTheOrderAndPadsTheLastBatch() {
        try (Loader loader = Loader.evaluation(
                new Numbers(7), Pipeline.NONE, PLAIN, LoaderOptions.of(3, 1).withWorkers(2, 2))) {
            assertThat(loader.batchesPerEpoch()).isEqualTo(3);
            List<Kept> batches = epoch(loader);
            assertThat(batches).extracting(Kept::valid).containsExactly(3, 3, 1);
            assertThat(batches)
                    .extracting(Kept::indices)
                    .containsExactly(List.of(0, 1, 2), List.of(3, 4, 5), List.of(6, -1, -1));
            assertThat(batches.get(2).labels()).containsExactly(0, 0, 0);
            assertThat(batches.get(2).input()).containsExactly(6 / 255f, 0f, 0f, 6 / 255f, 0f, 0f, 6 / 255f, 0f, 0f);
            assertThat(loader.next()).isNull();
            assertThat(epoch(loader)).isEqualTo(batches);
        }
    }

    @Test
    void evaluationHasNoSoftLabels() {
        Pipeline mixing = Pipeline.of(List.of(new Mixup(new Mixup.Config(null))));
        try (Loader evaluation = Loader.evaluation(new Numbers(4), mixing, PLAIN, LoaderOptions.of(4, 1));
                Loader training = Loader.training(new Numbers(4), mixing, PLAIN, LoaderOptions.of(4, 1))) {
            evaluation.seek(0, 0);
            assertThat(evaluation.next().softLabels()).isEmpty();
            training.seek(0, 0);
            Batch batch = training.next();
            float[] soft = batch.softLabels().orElseThrow();
            assertThat(batch.classes()).isEqualTo(2);
            for (int row = 0; row < 4; row++) {
                assertThat(soft[2 * row] + soft[2 * row + 1]).isEqualTo(1);
            }
        }
    }

    @Test
    void brokenFilesReachTheConsumerInTheirPlace() {
        try (Loader loader = Loader.evaluation(
                new Numbers(20, 9), Pipeline.NONE, PLAIN, LoaderOptions.of(4, 1).withWorkers(3, 5))) {
            loader.seek(0, 0);
            assertThat(take(loader, 2)).hasSize(2);
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(loader::next)
                        .isInstanceOf(DatasetException.class)
                        .hasMessage("n9: is broken");
            }
            loader.seek(0, 3);
            assertThat(loader.next().indices()).containsExactly(12, 13, 14, 15);
        }
    }

    @Test
    void trainingReplacesBrokenFilesByTheNextInOrder() {
        int[] order = CounterRandom.of(5, 0).permutation(12);
        Numbers data = new Numbers(12, order[2], order[3], order[11]);
        for (int workers = 1; workers <= 3; workers++) {
            LoaderOptions options =
                    LoaderOptions.of(4, 5).withWorkers(workers, 2).skippingUnreadable();
            try (Loader loader = Loader.training(data, Pipeline.NONE, PLAIN, options)) {
                loader.seek(0, 0);
                List<Kept> batches = take(loader, 3);
                assertThat(batches.get(0).indices()).containsExactly(order[0], order[1], order[4], order[4]);
                assertThat(batches.get(2).indices()).containsExactly(order[8], order[9], order[10], order[0]);
                assertThat(batches).extracting(Kept::valid).containsOnly(4);
                assertThat(loader.skipped()).isGreaterThanOrEqualTo(3);
            }
        }
    }

    @Test
    void evaluationLeavesBrokenFilesOut() {
        LoaderOptions options = LoaderOptions.of(3, 1).skippingUnreadable();
        try (Loader loader = Loader.evaluation(new Numbers(8, 1, 6, 7), Pipeline.NONE, PLAIN, options)) {
            List<Kept> batches = epoch(loader);
            assertThat(batches)
                    .extracting(Kept::indices)
                    .containsExactly(List.of(0, 2, -1), List.of(3, 4, 5), List.of(-1, -1, -1));
            assertThat(batches).extracting(Kept::valid).containsExactly(2, 3, 0);
            assertThat(batches.get(0).input()).endsWith(2 / 255f, 0f, 0f);
            assertThat(batches.get(2).input()).containsOnly(0f);
            assertThat(batches.get(2).labels()).containsOnly(0);
            assertThat(loader.skipped()).isEqualTo(3);
        }
    }

    @Test
    void dataWithoutAReadableFileIsAnError() {
        LoaderOptions options = LoaderOptions.of(1, 1).skippingUnreadable();
        assertThatThrownBy(() -> Loader.training(new Numbers(2, 0, 1), Pipeline.NONE, PLAIN, options))
                .isInstanceOf(DatasetException.class)
                .hasMessage("n1: is broken");
        Pipeline fixed = Pipeline.of(List.of(new RandomCrop(new RandomCrop.Config(1, null))));
        try (Loader loader = Loader.training(new Numbers(2, 0, 1), fixed, PLAIN, options)) {
            loader.seek(0, 0);
            assertThatThrownBy(loader::next)
                    .isInstanceOf(DatasetException.class)
                    .hasMessageEndingWith(": is broken; no sample is readable");
        }
    }

    @Test
    void measuresTheSizeOnTheFirstReadableSample() {
        try (Loader loader = Loader.evaluation(
                new Numbers(3, 0), Pipeline.NONE, PLAIN, LoaderOptions.of(1, 1).skippingUnreadable())) {
            assertThat(loader.imageSize()).isEqualTo(new Size(1, 1));
        }
        assertThatThrownBy(() -> Loader.evaluation(new Numbers(3, 0), Pipeline.NONE, PLAIN, LoaderOptions.of(1, 1)))
                .hasMessage("n0: is broken");
        Numbers counted = new Numbers(3);
        try (Loader loader = Loader.evaluation(counted, AUGMENTED, PLAIN, LoaderOptions.of(1, 1))) {
            assertThat(loader.imageSize()).isEqualTo(new Size(16, 16));
            assertThat(counted.loads()).hasValue(0);
        }
    }

    /** Pictures of different widths. */
    private static Dataset uneven() {
        return new Dataset() {
            @Override
            public int size() {
                return 2;
            }

            @Override
            public List<String> classNames() {
                return List.of("a");
            }

            @Override
            public int label(int index) {
                return 0;
            }

            @Override
            public String id(int index) {
                return "u" + index;
            }

            @Override
            public Sample load(int index) {
                return new Sample(id(index), Raster.of(1, 1 + index, 3, new byte[3 + 3 * index]), 0);
            }
        };
    }

    @Test
    void picturesOfDifferentSizesAreAFaultOfTheConfig() {
        try (Loader loader = Loader.evaluation(
                uneven(), Pipeline.NONE, PLAIN, LoaderOptions.of(2, 1).skippingUnreadable())) {
            loader.seek(0, 0);
            assertThatThrownBy(loader::next)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("transforms: u1 is 1x2 after them, other samples are 1x1; "
                            + "end with center_crop, random_crop or random_resized_crop");
        }
    }

    @Test
    void theCacheReadsEachFileOnceWhileItHasRoom() {
        Numbers data = new Numbers(6);
        try (Loader loader =
                Loader.evaluation(data, AUGMENTED, PLAIN, LoaderOptions.of(2, 1).withCache(1))) {
            List<Kept> first = epoch(loader);
            assertThat(epoch(loader)).isEqualTo(first);
            assertThat(data.loads()).hasValue(6);
        }
        Numbers uncached = new Numbers(6);
        try (Loader loader = Loader.evaluation(uncached, AUGMENTED, PLAIN, LoaderOptions.of(2, 1))) {
            epoch(loader);
            epoch(loader);
            assertThat(uncached.loads()).hasValue(12);
        }
        Numbers small = new Numbers(6);
        SampleCache cache = new SampleCache(small, 8, false); // room for two pictures of three bytes
        for (int i = 0; i < 12; i++) {
            assertThat(cache.load(i % 6).label()).isEqualTo(i % 2);
        }
        assertThat(small.loads()).hasValue(10);
        assertThat(cache.room()).isEqualTo(2);
    }

    @Test
    void buffersAreUsedAgainAndNeverWhileTheConsumerHasThem() {
        Numbers data = new Numbers(64);
        try (Loader loader = Loader.training(
                data, Pipeline.NONE, PLAIN, LoaderOptions.of(4, 1).withWorkers(3, 2))) {
            int measured = data.loads().get();
            loader.seek(0, 0);
            Set<float[]> buffers = java.util.Collections.newSetFromMap(new java.util.IdentityHashMap<>());
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

    /** Loading waits until it is allowed. */
    private static final class Gate implements Dataset {
        private final Numbers numbers = new Numbers(8);
        private final CountDownLatch open = new CountDownLatch(1);
        private final Set<String> threads = java.util.concurrent.ConcurrentHashMap.newKeySet();

        @Override
        public int size() {
            return 8;
        }

        @Override
        public List<String> classNames() {
            return numbers.classNames();
        }

        @Override
        public int label(int index) {
            return numbers.label(index);
        }

        @Override
        public String id(int index) {
            return numbers.id(index);
        }

        @Override
        public java.util.Optional<Size> imageSize() {
            return java.util.Optional.of(new Size(1, 1));
        }

        @Override
        public Sample load(int index) {
            threads.add(
                    Thread.currentThread().getName() + (Thread.currentThread().isDaemon() ? " daemon" : ""));
            try {
                open.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return numbers.load(index);
        }
    }

    @Test
    void readsAheadInNamedDaemonThreadsAndNoFurtherThanAllowed() throws InterruptedException {
        Gate gate = new Gate();
        Loader loader = Loader.training(
                gate, Pipeline.NONE, PLAIN, LoaderOptions.of(1, 1).withWorkers(2, 3));
        assertThat(loader.waitedNanos()).isZero();
        loader.seek(0, 0);
        while (gate.threads.size() < 2) {
            Thread.onSpinWait();
        }
        assertThat(gate.threads).containsExactlyInAnyOrder("vertebra-loader-0 daemon", "vertebra-loader-1 daemon");
        gate.open.countDown();
        while (gate.numbers.loads().get() < 3) {
            Thread.onSpinWait();
        }
        assertThat(loader.next().index()).isZero();
        while (gate.numbers.loads().get() < 4) {
            Thread.onSpinWait();
        }
        List<Thread> running = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("vertebra-loader-"))
                .toList();
        assertThat(running).isNotEmpty();
        loader.close();
        loader.close();
        assertThat(running).noneMatch(Thread::isAlive);
        assertThat(gate.numbers.loads().get()).isEqualTo(4); // one given and three ahead
        assertThat(loader.waitedNanos()).isNotNegative();
        assertThatThrownBy(loader::next)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the loader is closed");
        assertThatThrownBy(() -> loader.seek(0, 0)).hasMessage("the loader is closed");
    }

    @Test
    void countsTheTimeThatTheConsumerWaits() throws InterruptedException {
        Gate gate = new Gate();
        try (Loader loader = Loader.training(gate, Pipeline.NONE, PLAIN, LoaderOptions.of(1, 1))) {
            loader.seek(0, 0);
            Thread consumer = Thread.currentThread();
            Thread opener = new Thread(() -> {
                while (consumer.getState() != Thread.State.WAITING) {
                    Thread.onSpinWait();
                }
                gate.open.countDown();
            });
            opener.start();
            loader.next();
            opener.join();
            assertThat(loader.waitedNanos()).isPositive();
        }
    }

    @Test
    void errorsOfTheMachineReachTheConsumerToo() {
        Dataset data = new Dataset() {
            private final Numbers numbers = new Numbers(4);

            @Override
            public int size() {
                return 4;
            }

            @Override
            public List<String> classNames() {
                return numbers.classNames();
            }

            @Override
            public int label(int index) {
                return 0;
            }

            @Override
            public String id(int index) {
                return numbers.id(index);
            }

            @Override
            public Sample load(int index) {
                throw new OutOfMemoryError("n" + index);
            }
        };
        Pipeline fixed = Pipeline.of(List.of(new RandomCrop(new RandomCrop.Config(1, null))));
        try (Loader loader =
                Loader.evaluation(data, fixed, PLAIN, LoaderOptions.of(2, 1).skippingUnreadable())) {
            loader.seek(0, 0);
            assertThatThrownBy(loader::next)
                    .isInstanceOf(OutOfMemoryError.class)
                    .hasMessage("n0");
        }
    }

    @Test
    void anInterruptedConsumerStopsWaitingAndStaysInterrupted() {
        Gate gate = new Gate();
        Loader loader = Loader.training(gate, Pipeline.NONE, PLAIN, LoaderOptions.of(1, 1));
        loader.seek(0, 0);
        Thread.currentThread().interrupt();
        assertThatThrownBy(loader::next)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("interrupted while waiting for data");
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        gate.open.countDown();
        loader.close(); // waits for its threads all the same
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void saysWhatIsWrongWithItsSettings() {
        assertThatThrownBy(() -> Loader.training(new Numbers(3), Pipeline.NONE, PLAIN, LoaderOptions.of(4, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batch_size: is 4, but there are only 3 samples");
        assertThatThrownBy(() -> Loader.evaluation(new Numbers(0), Pipeline.NONE, PLAIN, LoaderOptions.of(4, 1)))
                .hasMessage("batch_size: is 4, and there are 0 samples");
        assertThatThrownBy(() -> LoaderOptions.of(0, 1)).hasMessage("batch_size: must be at least 1, is 0");
        assertThatThrownBy(() -> LoaderOptions.of(1, 1).withWorkers(0, 1))
                .hasMessage("workers: must lie in [1, 256], is 0");
        assertThatThrownBy(() -> LoaderOptions.of(1, 1).withWorkers(257, 1))
                .hasMessage("workers: must lie in [1, 256], is 257");
        assertThatThrownBy(() -> LoaderOptions.of(1, 1).withWorkers(1, 0))
                .hasMessage("prefetch: must lie in [1, 1024], is 0");
        assertThatThrownBy(() -> LoaderOptions.of(1, 1).withWorkers(1, 1025))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LoaderOptions.of(1, 1).withCache(-1))
                .hasMessage("cache_mib: must not be negative, is -1");
        assertThat(LoaderOptions.of(2, 3)).isEqualTo(new LoaderOptions(2, 3, 1, 4, false, 0, 0));
        assertThat(new LoaderOptions(1, 0, 256, 1024, false, 0)
                        .withCache(5)
                        .skippingUnreadable()
                        .withWorkers(1, 1))
                .isEqualTo(new LoaderOptions(1, 0, 1, 1, true, 5));
        try (Loader loader = Loader.training(new Numbers(4), Pipeline.NONE, PLAIN, LoaderOptions.of(2, 1))) {
            assertThatThrownBy(loader::next)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("seek says where to start");
            assertThatThrownBy(() -> loader.seek(0, 3)).hasMessage("position: epoch 0 has no batch 3, only 2 batches");
            assertThatThrownBy(() -> loader.seek(-1, 0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> loader.seek(0, -1)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
