package io.vertebra.datasets.loading;

import static io.vertebra.datasets.loading.Kept.epoch;
import static io.vertebra.datasets.loading.Kept.take;
import static io.vertebra.datasets.loading.Made.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.CounterRandom;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.formats.ShapesFormat;
import io.vertebra.datasets.transforms.CutMix;
import io.vertebra.datasets.transforms.Mixup;
import io.vertebra.datasets.transforms.Pipeline;
import io.vertebra.datasets.transforms.RandomCrop;
import io.vertebra.datasets.transforms.RandomHorizontalFlip;
import io.vertebra.images.Normalization;
import io.vertebra.images.Size;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60) // a loader that waits for itself must fail the test, not hang the build
class LoaderTest {

    private static final Pipeline AUGMENTED = Pipeline.of(List.of(
            new RandomCrop(new RandomCrop.Config(16, 2)),
            new RandomHorizontalFlip(new RandomHorizontalFlip.Config(null))));

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
        try (Loader loader = Loader.training(Made.numbers(23), Pipeline.NONE, PLAIN, LoaderOptions.of(5, 3))) {
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
                Made.numbers(7), Pipeline.NONE, PLAIN, LoaderOptions.of(3, 1).withWorkers(2, 2))) {
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
        try (Loader evaluation = Loader.evaluation(Made.numbers(4), mixing, PLAIN, LoaderOptions.of(4, 1));
                Loader training = Loader.training(Made.numbers(4), mixing, PLAIN, LoaderOptions.of(4, 1))) {
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
    void trainingMixesPicturesAndLabels() {
        Pipeline mixing = Pipeline.of(List.of(new Mixup(new Mixup.Config(4.0))));
        try (Loader plain = Loader.training(shapes(8), Pipeline.NONE, PLAIN, LoaderOptions.of(8, 1));
                Loader mixed = Loader.training(shapes(8), mixing, PLAIN, LoaderOptions.of(8, 1))) {
            plain.seek(0, 0);
            mixed.seek(0, 0);
            Batch before = plain.next();
            Batch after = mixed.next();
            assertThat(after.labels()).isEqualTo(before.labels());
            int first = before.labels()[0];
            int last = before.labels()[7];
            float weight = after.softLabels().orElseThrow()[first];
            assertThat(first).isNotEqualTo(last); // eight pictures, one of each class
            assertThat(weight).isGreaterThan(0).isLessThan(1);
            assertThat(after.softLabels().orElseThrow()[last]).isEqualTo(1 - weight);
            int row = 3 * 16 * 16;
            for (int i = 0; i < row; i++) {
                assertThat(after.input()[i])
                        .isEqualTo(weight * before.input()[i] + (1 - weight) * before.input()[7 * row + i]);
            }
        }
    }

    @Test
    void measuresTheSizeOnTheFirstReadableSample() {
        try (Loader loader = Loader.evaluation(
                Made.numbers(3, 0), Pipeline.NONE, PLAIN, LoaderOptions.of(1, 1).skippingUnreadable())) {
            assertThat(loader.imageSize()).isEqualTo(new Size(1, 1));
        }
        assertThatThrownBy(() -> Loader.evaluation(Made.numbers(3, 0), Pipeline.NONE, PLAIN, LoaderOptions.of(1, 1)))
                .hasMessage("n0: is broken");
        Made counted = Made.numbers(3);
        try (Loader loader = Loader.evaluation(counted, AUGMENTED, PLAIN, LoaderOptions.of(1, 1))) {
            assertThat(loader.imageSize()).isEqualTo(new Size(16, 16));
            assertThat(counted.loads()).hasValue(0);
        }
    }

    @Test
    void theCacheReadsEachFileOnceWhileItHasRoom() {
        Made data = Made.numbers(6);
        try (Loader loader =
                Loader.evaluation(data, AUGMENTED, PLAIN, LoaderOptions.of(2, 1).withCache(1))) {
            List<Kept> first = epoch(loader);
            assertThat(epoch(loader)).isEqualTo(first);
            assertThat(data.loads()).hasValue(6);
        }
        Made uncached = Made.numbers(6);
        try (Loader loader = Loader.evaluation(uncached, AUGMENTED, PLAIN, LoaderOptions.of(2, 1))) {
            epoch(loader);
            epoch(loader);
            assertThat(uncached.loads()).hasValue(12);
        }
        Made small = Made.numbers(6);
        SampleCache cache = new SampleCache(small, 8, false); // room for two pictures of three bytes
        for (int i = 0; i < 12; i++) {
            assertThat(cache.load(i % 6).label()).isEqualTo(i % 2);
        }
        assertThat(small.loads()).hasValue(10);
        assertThat(cache.room()).isEqualTo(2);
    }
}
