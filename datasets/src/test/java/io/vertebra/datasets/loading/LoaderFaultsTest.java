package io.vertebra.datasets.loading;

import static io.vertebra.datasets.loading.Kept.epoch;
import static io.vertebra.datasets.loading.Kept.take;
import static io.vertebra.datasets.loading.Made.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.datasets.CounterRandom;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.transforms.Pipeline;
import io.vertebra.datasets.transforms.RandomCrop;
import io.vertebra.images.Raster;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60) // a loader that waits for itself must fail the test, not hang the build
class LoaderFaultsTest {

    @Test
    void brokenFilesReachTheConsumerInTheirPlace() {
        try (Loader loader = Loader.evaluation(
                Made.numbers(20, 9),
                Pipeline.NONE,
                PLAIN,
                LoaderOptions.of(4, 1).withWorkers(3, 5))) {
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
        Made data = Made.numbers(12, order[2], order[3], order[11]);
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
        try (Loader loader = Loader.evaluation(Made.numbers(8, 1, 6, 7), Pipeline.NONE, PLAIN, options)) {
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
        assertThatThrownBy(() -> Loader.training(Made.numbers(2, 0, 1), Pipeline.NONE, PLAIN, options))
                .isInstanceOf(DatasetException.class)
                .hasMessage("n1: is broken");
        Pipeline fixed = Pipeline.of(List.of(new RandomCrop(new RandomCrop.Config(1, null))));
        try (Loader loader = Loader.training(Made.numbers(2, 0, 1), fixed, PLAIN, options)) {
            loader.seek(0, 0);
            assertThatThrownBy(loader::next)
                    .isInstanceOf(DatasetException.class)
                    .hasMessageEndingWith(": is broken; no sample is readable");
        }
    }

    @Test
    void picturesOfDifferentSizesAreAFaultOfTheConfig() {
        Dataset uneven = Made.of(
                2, "u", index -> new Sample("u" + index, Raster.of(1, 1 + index, 3, new byte[3 + 3 * index]), 0));
        try (Loader loader = Loader.evaluation(
                uneven, Pipeline.NONE, PLAIN, LoaderOptions.of(2, 1).skippingUnreadable())) {
            loader.seek(0, 0);
            assertThatThrownBy(loader::next)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("transforms: u1 is 1x2 after them, other samples are 1x1; "
                            + "end with center_crop, random_crop or random_resized_crop");
        }
    }

    @Test
    void errorsOfTheMachineReachTheConsumerToo() {
        Dataset data = Made.of(4, "n", index -> {
            throw new OutOfMemoryError("n" + index);
        });
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
    void saysWhatIsWrongWithItsSettings() {
        assertThatThrownBy(() -> Loader.training(Made.numbers(3), Pipeline.NONE, PLAIN, LoaderOptions.of(4, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batch_size: is 4, but there are only 3 samples");
        assertThatThrownBy(() -> Loader.evaluation(Made.numbers(0), Pipeline.NONE, PLAIN, LoaderOptions.of(4, 1)))
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
        try (Loader loader = Loader.training(Made.numbers(4), Pipeline.NONE, PLAIN, LoaderOptions.of(2, 1))) {
            assertThatThrownBy(loader::next)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("seek says where to start");
            assertThatThrownBy(() -> loader.seek(0, 3)).hasMessage("position: epoch 0 has no batch 3, only 2 batches");
            assertThatThrownBy(() -> loader.seek(-1, 0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> loader.seek(0, -1)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
