package io.vertebra.datasets.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.formats.ShapesFormat;
import io.vertebra.datasets.transforms.Mixup;
import io.vertebra.datasets.transforms.Pipeline;
import io.vertebra.datasets.transforms.RandomCrop;
import io.vertebra.datasets.transforms.RandomHorizontalFlip;
import io.vertebra.images.Normalization;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Batches that keep their samples: the same numbers, bit for bit, once they are looked up. */
@Timeout(60) // a loader that waits for itself must fail the test, not hang the build
class SamplesTest {
    private static final Dataset DATA = new ShapesFormat().open(new ShapesFormat.Config(21, 16, 1L));
    private static final Pipeline AUGMENTED = Pipeline.of(List.of(
            new RandomCrop(new RandomCrop.Config(16, 2)),
            new RandomHorizontalFlip(new RandomHorizontalFlip.Config(null))));

    private static List<Kept> trained(Loader loader, boolean asSamples) {
        loader.keepSamples(asSamples);
        assertThatThrownBy(loader::next).hasMessage("seek says where to start");
        loader.seek(1, 2);
        return Kept.take(loader, 12);
    }

    @Test
    void trainingSeesTheSamePictures() {
        try (Loader loader = Loader.training(
                DATA, AUGMENTED, Normalization.IMAGENET, LoaderOptions.of(4, 7).withWorkers(2, 3))) {
            List<Kept> normalised = trained(loader, false);
            assertThat(trained(loader, true)).isEqualTo(normalised);
            Batch kept = loader.next();
            assertThat(kept.samples().orElseThrow()).hasSize(4 * 3 * 16 * 16);
            assertThat(kept.values()).isEqualTo(Normalization.IMAGENET.table().values());
            assertThat(kept.input()).isSameAs(kept.input());
            assertThat(trained(loader, false)).isEqualTo(normalised);
            Batch plain = loader.next();
            assertThat(plain.samples()).isEmpty();
            assertThatThrownBy(plain::values).hasMessage("the pictures of this batch are normalised");
        }
    }

    @Test
    void evaluationPadsTheLastBatchWithTheSameRow() {
        try (Loader loader = Loader.evaluation(DATA, Pipeline.NONE, Normalization.IMAGENET, LoaderOptions.of(8, 1))) {
            List<Kept> normalised = Kept.epoch(loader);
            loader.keepSamples(true);
            assertThat(Kept.epoch(loader)).isEqualTo(normalised).hasSize(3);
        }
    }

    @Test
    void aBatchOfBrokenPicturesIsDefined() {
        try (Loader loader = Loader.evaluation(
                Made.numbers(3, 2),
                Pipeline.NONE,
                Normalization.IMAGENET,
                LoaderOptions.of(1, 1).skippingUnreadable().withWorkers(1, 1))) {
            loader.keepSamples(true);
            loader.seek(0, 0);
            for (int i = 0; i < 3; i++) {
                Batch batch = loader.next();
                assertThat(batch.valid()).isEqualTo(i < 2 ? 1 : 0);
                assertThat(batch.samples().orElseThrow()).containsExactly(i == 1 ? 1 : 0, 0, 0);
            }
        }
    }

    @Test
    void picturesThatAreMixedOrPaddedAreNormalised() {
        Pipeline mixed = Pipeline.of(List.of(new Mixup(new Mixup.Config(null))));
        LoaderOptions options = LoaderOptions.of(4, 7);
        try (Loader mixing = Loader.training(DATA, mixed, Normalization.IMAGENET, options);
                Loader padding = Loader.training(DATA, Pipeline.NONE, Normalization.IMAGENET, options.withBucket(32))) {
            for (Loader loader : List.of(mixing, padding)) {
                loader.keepSamples(true);
                loader.seek(0, 0);
                assertThat(loader.next().samples()).isEmpty();
            }
        }
    }
}
