package io.vertebra.datasets.loading;

import static io.vertebra.datasets.loading.Kept.take;
import static io.vertebra.datasets.loading.Made.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.Placement;
import io.vertebra.datasets.TargetArray;
import io.vertebra.datasets.formats.ShapesFormat;
import io.vertebra.datasets.transforms.Pipeline;
import io.vertebra.datasets.transforms.RandomCrop;
import io.vertebra.datasets.transforms.RandomHorizontalFlip;
import io.vertebra.datasets.transforms.RandomResize;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Normalization;
import io.vertebra.images.Size;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60) // a loader that waits for itself must fail the test, not hang the build
class TargetsTest {

    @Test
    void batchesWithTargetsAreTheSameWhateverTheThreadsPrefetchAndCache() {
        Dataset data = new ShapesFormat().open(new ShapesFormat.Config(40, 24, 1L));
        Pipeline pipeline = Pipeline.of(List.of(
                new RandomResize(new RandomResize.Config(List.of(20, 20), List.of(0.5, 1.5), null)),
                new RandomHorizontalFlip(new RandomHorizontalFlip.Config(null))));
        LoaderOptions one = LoaderOptions.of(6, 3).withBucket(8);
        List<List<Kept>> runs = new ArrayList<>();
        for (LoaderOptions options : List.of(
                one.withWorkers(1, 1),
                one.withWorkers(4, 5),
                one.withWorkers(3, 2).withCache(1))) {
            try (Loader loader = Loader.training(data, pipeline, Normalization.IMAGENET, options, new Encoder())) {
                loader.seek(0, 0);
                runs.add(take(loader, 18));
            }
        }
        assertThat(runs.get(1)).isEqualTo(runs.get(0));
        assertThat(runs.get(2)).isEqualTo(runs.get(0));
        assertThat(runs.get(0).stream().map(Kept::height).distinct()).hasSizeGreaterThan(1);
    }

    @Test
    void bucketsPadToTheLargestPictureRoundedUp() {
        LoaderOptions options = LoaderOptions.of(2, 1).withBucket(4);
        try (Loader loader = Loader.evaluation(Made.growing(7), Pipeline.NONE, PLAIN, options, new Encoder())) {
            assertThat(loader.imageSize()).isEqualTo(new Size(4, 4)); // that of picture 0
            loader.seek(0, 0);
            List<Size> sizes = new ArrayList<>();
            for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
                sizes.add(new Size(batch.height(), batch.width()));
                int plane = batch.height() * batch.width();
                assertThat(batch.input()).hasSize(2 * 3 * plane);
                TargetArray labels = batch.targets().get("labels");
                assertThat(labels.extents()).containsExactly(2, batch.height(), batch.width());
                assertThat(labels.ints()).hasSize(2 * plane);
                for (int row = 0; row < batch.valid(); row++) {
                    int number = batch.indices()[row];
                    assertThat(batch.pictureSize(row)).isEqualTo(new Size(number + 1, 2));
                    for (int i = 0; i < plane; i++) {
                        boolean inside = i / batch.width() <= number && i % batch.width() < 2;
                        for (int c = 0; c < 3; c++) {
                            assertThat(batch.input()[(3 * row + c) * plane + i]).isEqualTo(inside ? number / 255f : 0);
                        }
                        assertThat(labels.ints()[row * plane + i]).isEqualTo(inside ? number : LabelMap.IGNORE);
                    }
                }
            }
            assertThat(sizes).containsExactly(new Size(4, 4), new Size(4, 4), new Size(8, 4), new Size(8, 4));
        }
    }

    @Test
    void rowsBeginAsZerosAndKnowTheirObjectsAndPlacement() {
        LoaderOptions options = LoaderOptions.of(1, 1).withBucket(8).withWorkers(1, 2);
        try (Loader loader = Loader.evaluation(Made.growing(6), Pipeline.NONE, PLAIN, options, new Encoder())) {
            loader.seek(0, 0);
            for (int i = 0; i < 6; i++) { // three buffers take turns: what an odd row wrote must not shine through
                Batch batch = loader.next();
                assertThat(batch.targets()).containsOnlyKeys("labels", "box", "objects");
                assertThat(batch.targets().get("box").floats()).containsExactly(0, 0, i % 2 == 0 ? 0 : i, 0);
                assertThat(batch.targets().get("box").extents()).containsExactly(1, 4);
                assertThat(batch.targets().get("objects").ints()).containsExactly(i % 2);
                assertThat(batch.targets().get("objects").extents()).containsExactly(1);
                assertThat(batch.annotations(0).objects()).hasSize(i % 2);
                assertThat(batch.annotations(0).labelMap()).isPresent();
                assertThat(batch.placement(0)).isEqualTo(Placement.of(new Size(i + 1, 2)));
            }
        }
    }

    @Test
    void paddingIsACopyWithoutTruthOfItsOwn() {
        LoaderOptions options = LoaderOptions.of(4, 1).withBucket(2);
        try (Loader loader = Loader.evaluation(Made.growing(6), Pipeline.NONE, PLAIN, options, new Encoder())) {
            loader.seek(0, 1);
            Batch batch = loader.next();
            assertThat(batch.valid()).isEqualTo(2);
            assertThat(batch.indices()).containsExactly(4, 5, -1, -1);
            int plane = batch.height() * batch.width();
            int[] labels = batch.targets().get("labels").ints();
            assertThat(Arrays.copyOfRange(labels, 3 * plane, 4 * plane))
                    .isEqualTo(Arrays.copyOfRange(labels, plane, 2 * plane));
            assertThat(Arrays.copyOfRange(batch.input(), 9 * plane, 12 * plane))
                    .isEqualTo(Arrays.copyOfRange(batch.input(), 3 * plane, 6 * plane));
            assertThat(batch.targets().get("box").floats()[4 * 3 + 2]).isEqualTo(5);
            assertThat(batch.annotations(2)).isEqualTo(Annotations.NONE);
            assertThatThrownBy(() -> batch.placement(2)).hasMessage("row 2 is padding");
            assertThatThrownBy(() -> batch.pictureSize(3)).hasMessage("row 3 is padding");
        }
    }

    @Test
    void arraysAreUsedAgainWhileTheirLengthStays() {
        LoaderOptions options = LoaderOptions.of(2, 1).withBucket(4).withWorkers(1, 1);
        try (Loader loader = Loader.evaluation(Made.growing(16), Pipeline.NONE, PLAIN, options, new Encoder())) {
            loader.seek(0, 0);
            Set<Object> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
            for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
                arrays.add(batch.input());
                arrays.add(batch.targets().get("labels").ints());
                arrays.add(batch.targets().get("box").floats());
            }
            assertThat(arrays).hasSize(2 * 4 * 2 + 2); // 2 buffers with 4 sizes; boxes have one
        }
    }

    @Test
    void theCacheCountsAnnotations() {
        Made data = Made.growing(4);
        SampleCache bare = new SampleCache(data, 1000, false);
        assertThat(bare.load(1).annotations()).isEqualTo(Annotations.NONE);
        assertThat(bare.room()).isEqualTo(1000 - 12);
        SampleCache annotated = new SampleCache(data, 1000, true);
        assertThat(annotated.load(2).annotations()).isEqualTo(data.load(2).annotations());
        assertThat(annotated.room()).isEqualTo(1000 - 18 - 6);
        annotated.load(1);
        assertThat(annotated.room()).isEqualTo(1000 - 24 - 12 - 4 - 128);
        int loads = data.loads().get();
        assertThat(annotated.load(1).annotations().objects()).hasSize(1);
        assertThat(data.loads()).hasValue(loads);
        Dataset shapes = new ShapesFormat().open(new ShapesFormat.Config(2, 16, 1L));
        int objects = shapes.load(0).annotations().objects().size();
        SampleCache masks = new SampleCache(shapes, 100_000, true);
        masks.load(0);
        assertThat(masks.room()).isEqualTo(100_000 - 16 * 16 * 4 - 2048L * objects);
        assertThat(new SampleCache(data, 0, true).load(1).annotations().objects())
                .hasSize(1);
    }

    @Test
    void fixedSizesNeedNoBucketAndRoundUpWithOne() {
        Pipeline crop = Pipeline.of(List.of(new RandomCrop(new RandomCrop.Config(List.of(3, 5), null, null))));
        for (int bucket : new int[] {0, 4}) {
            LoaderOptions options = LoaderOptions.of(2, 1).withBucket(bucket);
            try (Loader loader = Loader.training(Made.growing(4), crop, PLAIN, options, new Encoder())) {
                Size size = bucket == 0 ? new Size(3, 5) : new Size(4, 8);
                assertThat(loader.imageSize()).isEqualTo(size);
                loader.seek(0, 0);
                Batch batch = loader.next();
                assertThat(new Size(batch.height(), batch.width())).isEqualTo(size);
                assertThat(batch.pictureSize(1)).isEqualTo(new Size(3, 5));
            }
        }
        assertThatThrownBy(() -> LoaderOptions.of(1, 1).withBucket(-1))
                .hasMessage("bucket: must lie in [0, 1024], is -1");
        assertThatThrownBy(() -> LoaderOptions.of(1, 1).withBucket(1025)).isInstanceOf(IllegalArgumentException.class);
        assertThat(LoaderOptions.of(1, 2)
                        .withBucket(1024)
                        .withCache(3)
                        .withWorkers(4, 5)
                        .skippingUnreadable())
                .isEqualTo(new LoaderOptions(1, 2, 4, 5, true, 3, 1024));
    }
}
