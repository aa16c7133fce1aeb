package io.vertebra.datasets.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Instance;
import io.vertebra.datasets.Placement;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.Target;
import io.vertebra.datasets.TargetArray;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.datasets.Targets;
import io.vertebra.datasets.formats.ShapesFormat;
import io.vertebra.datasets.transforms.Mixup;
import io.vertebra.datasets.transforms.Pipeline;
import io.vertebra.datasets.transforms.RandomCrop;
import io.vertebra.datasets.transforms.RandomHorizontalFlip;
import io.vertebra.datasets.transforms.RandomResize;
import io.vertebra.images.Box;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Normalization;
import io.vertebra.images.Raster;
import io.vertebra.images.Size;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TargetsTest {

    private static final Normalization PLAIN = new Normalization(List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));

    /** The label map, ignored where the batch is larger, and the number and the first box of the objects. */
    private static final class Encoder implements TargetEncoder {
        @Override
        public List<Target> targets(Size picture) {
            return List.of(
                    Target.ints("labels", picture.height(), picture.width()),
                    Target.floats("box", 4),
                    Target.ints("objects"));
        }

        @Override
        public void encode(Sample sample, Size picture, Targets row) {
            LabelMap map = sample.annotations().labelMap().orElseThrow();
            int at = row.offset("labels");
            for (int y = 0; y < picture.height(); y++) {
                for (int x = 0; x < picture.width(); x++) {
                    boolean inside = y < map.height() && x < map.width();
                    row.ints("labels")[at++] = inside ? map.at(y, x) : LabelMap.IGNORE;
                }
            }
            List<Instance> objects = sample.annotations().objects();
            row.ints("objects")[row.offset("objects")] = objects.size();
            if (!objects.isEmpty()) { // without one the row stays as it begins: zeros
                row.floats("box")[row.offset("box") + 2] = objects.get(0).box().x2();
            }
        }
    }

    /** Picture i is i + 1 high and 2 wide, all its samples and its map's values are i; odd ones have a box of width i. */
    private record Growing(int size, AtomicInteger loads) implements Dataset {

        Growing(int size) {
            this(size, new AtomicInteger());
        }

        @Override
        public List<String> classNames() {
            return List.of("thing");
        }

        @Override
        public int label(int index) {
            return 0;
        }

        @Override
        public String id(int index) {
            return "g" + index;
        }

        @Override
        public Sample load(int index) {
            loads.incrementAndGet();
            byte[] pixels = new byte[(index + 1) * 6];
            Arrays.fill(pixels, (byte) index);
            byte[] labels = new byte[(index + 1) * 2];
            Arrays.fill(labels, (byte) index);
            List<Instance> objects = index % 2 == 0 ? List.of() : List.of(new Instance(1, 0, new Box(0, 0, index, 1)));
            return new Sample(
                    id(index),
                    Raster.of(index + 1, 2, 3, pixels),
                    0,
                    new Annotations(objects, Optional.of(LabelMap.of(index + 1, 2, labels))));
        }
    }

    private static List<Object> kept(Batch batch) {
        List<Object> kept = new ArrayList<>(List.of(
                batch.height(), batch.width(), batch.valid(), batch.epoch(), batch.index(), floats(batch.input())));
        kept.add(ints(batch.indices()));
        for (TargetArray target : batch.targets().values()) {
            kept.add(target.name());
            kept.add(target.extents());
            kept.add(target.type() == Target.Type.I32 ? ints(target.ints()) : floats(target.floats()));
        }
        for (int row = 0; row < batch.valid(); row++) {
            kept.add(batch.annotations(row));
            kept.add(batch.placement(row));
            kept.add(batch.pictureSize(row));
        }
        return kept;
    }

    private static List<Integer> ints(int... values) {
        return Arrays.stream(values).boxed().toList();
    }

    private static List<Float> floats(float... values) {
        return IntStream.range(0, values.length).mapToObj(i -> values[i]).toList();
    }

    private static List<List<Object>> take(Loader loader, int count) {
        List<List<Object>> batches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batches.add(kept(loader.next()));
        }
        return batches;
    }

    @Test
    void batchesWithTargetsAreTheSameWhateverTheThreadsPrefetchAndCache() {
        Dataset data = new ShapesFormat().open(new ShapesFormat.Config(40, 24, 1L));
        Pipeline pipeline = Pipeline.of(List.of(
                new RandomResize(new RandomResize.Config(List.of(20, 20), List.of(0.5, 1.5), null)),
                new RandomHorizontalFlip(new RandomHorizontalFlip.Config(null))));
        LoaderOptions one = LoaderOptions.of(6, 3).withBucket(8);
        List<List<List<Object>>> runs = new ArrayList<>();
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
        assertThat(runs.get(0).stream().map(batch -> batch.get(0)).distinct()).hasSizeGreaterThan(1); // heights
    }

    @Test
    void bucketsPadToTheLargestPictureRoundedUp() {
        LoaderOptions options = LoaderOptions.of(2, 1).withBucket(4);
        try (Loader loader = Loader.evaluation(new Growing(7), Pipeline.NONE, PLAIN, options, new Encoder())) {
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
        try (Loader loader = Loader.evaluation(new Growing(6), Pipeline.NONE, PLAIN, options, new Encoder())) {
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
        try (Loader loader = Loader.evaluation(new Growing(6), Pipeline.NONE, PLAIN, options, new Encoder())) {
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
    void aBatchWithoutAReadablePictureIsZeros() {
        Dataset broken = new Dataset() {
            private final Growing growing = new Growing(4);

            @Override
            public int size() {
                return 4;
            }

            @Override
            public List<String> classNames() {
                return growing.classNames();
            }

            @Override
            public int label(int index) {
                return 0;
            }

            @Override
            public String id(int index) {
                return growing.id(index);
            }

            @Override
            public Sample load(int index) {
                if (index > 1) {
                    throw new DatasetException("g" + index, "is broken");
                }
                return growing.load(index);
            }
        };
        LoaderOptions options =
                LoaderOptions.of(2, 1).withBucket(4).skippingUnreadable().withWorkers(1, 2);
        try (Loader loader = Loader.evaluation(broken, Pipeline.NONE, PLAIN, options, new Encoder())) {
            for (int i = 0; i < 2; i++) { // three buffers: the second time in the one that was full before
                loader.seek(i, 0);
                assertThat(loader.next().targets().get("labels").ints()).contains(1, LabelMap.IGNORE);
                Batch batch = loader.next();
                assertThat(batch.valid()).isZero();
                assertThat(List.of(batch.height(), batch.width())).containsExactly(4, 4);
                assertThat(batch.input()).containsOnly(0);
                assertThat(batch.targets().get("labels").ints()).containsOnly(0);
                assertThat(batch.targets().get("box").floats()).containsOnly(0);
                assertThat(batch.labels()).containsOnly(0);
            }
        }
    }

    @Test
    void arraysAreUsedAgainWhileTheirLengthStays() {
        LoaderOptions options = LoaderOptions.of(2, 1).withBucket(4).withWorkers(1, 1);
        try (Loader loader = Loader.evaluation(new Growing(16), Pipeline.NONE, PLAIN, options, new Encoder())) {
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
    void withoutAnEncoderAnnotationsAreLeftOut() {
        Growing data = new Growing(2);
        LoaderOptions options = LoaderOptions.of(1, 1).withBucket(2);
        TargetEncoder annotationsAlone = new TargetEncoder() {
            @Override
            public List<Target> targets(Size picture) {
                return List.of();
            }

            @Override
            public void encode(Sample sample, Size picture, Targets row) {
                assertThat(sample.annotations().labelMap()).isPresent();
            }
        };
        try (Loader plain = Loader.evaluation(data, Pipeline.NONE, PLAIN, options);
                Loader annotated = Loader.evaluation(data, Pipeline.NONE, PLAIN, options, annotationsAlone);
                Loader training = Loader.training(data, Pipeline.NONE, PLAIN, options)) {
            plain.seek(0, 1);
            Batch batch = plain.next();
            assertThat(batch.targets()).isEmpty();
            assertThat(batch.annotations(0)).isEqualTo(Annotations.NONE);
            assertThat(batch.placement(0).original()).isEqualTo(new Size(2, 2));
            annotated.seek(0, 1);
            batch = annotated.next();
            assertThat(batch.targets()).isEmpty();
            assertThat(batch.annotations(0)).isEqualTo(data.load(1).annotations());
            training.seek(0, 0);
            assertThat(training.next().annotations(0)).isEqualTo(Annotations.NONE);
        }
    }

    @Test
    void theCacheCountsAnnotations() {
        Growing data = new Growing(4);
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
    void mixingRefusesTargets() {
        Dataset data = new ShapesFormat().open(new ShapesFormat.Config(8, 16, 1L));
        Pipeline mixing = Pipeline.of(List.of(new Mixup(new Mixup.Config(null))));
        assertThatThrownBy(() -> Loader.training(data, mixing, PLAIN, LoaderOptions.of(2, 1), new Encoder()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("transforms: mixup and cutmix blend the classes of whole pictures; "
                        + "they cannot blend boxes or label maps");
        try (Loader loader = Loader.evaluation(data, mixing, PLAIN, LoaderOptions.of(2, 1), new Encoder())) {
            loader.seek(0, 0);
            assertThat(loader.next().targets()).hasSize(3);
        }
    }

    @Test
    void saysWhenABatchIsTooLargeForJava() {
        Dataset wide = new Dataset() {
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
                return "w" + index;
            }

            @Override
            public Sample load(int index) {
                return index == 0
                        ? new Sample("w0", Raster.of(20_000, 1, 3, new byte[60_000]), 0)
                        : new Sample("w1", Raster.of(1, 20_000, 3, new byte[60_000]), 0);
            }
        };
        LoaderOptions options = LoaderOptions.of(2, 1).withBucket(1);
        try (Loader loader = Loader.evaluation(wide, Pipeline.NONE, PLAIN, options)) {
            loader.seek(0, 0);
            assertThatThrownBy(loader::next)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("batch_size: 2 pictures of 20000x20000 are too many numbers for one batch; "
                            + "resize or crop them, or take fewer");
        }
    }

    @Test
    void fixedSizesNeedNoBucketAndRoundUpWithOne() {
        Pipeline crop = Pipeline.of(List.of(new RandomCrop(new RandomCrop.Config(List.of(3, 5), null, null))));
        for (int bucket : new int[] {0, 4}) {
            LoaderOptions options = LoaderOptions.of(2, 1).withBucket(bucket);
            try (Loader loader = Loader.training(new Growing(4), crop, PLAIN, options, new Encoder())) {
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

    @Test
    void mistakesOfAnEncoderHaveNames() {
        assertThatThrownBy(() -> new Target("x", Target.Type.I32, List.of(2, 0)))
                .hasMessage("target: x has the extents [2, 0]");
        Batch batch = new Batch(2, 1, 1, 1, false);
        assertThatThrownBy(() -> batch.reshape(new Size(1, 1), List.of(Target.ints("a"), Target.floats("a"))))
                .hasMessage("target: a is wanted twice");
        batch.reshape(new Size(1, 1), List.of(Target.ints("a", 2)));
        assertThatThrownBy(() -> batch.targets().get("a").floats()).hasMessage("target a is I32");
        batch.reshape(new Size(1, 1), List.of(Target.floats("a", 2))); // another type, no old array
        assertThat(batch.targets().get("a").floats()).hasSize(4);
        assertThatThrownBy(() -> batch.targets().get("a").ints()).hasMessage("target a is F32");
        Sample sample = new Sample("s", Raster.of(1, 1, 3, new byte[3]), 0);
        TargetEncoder wrong = new TargetEncoder() {
            @Override
            public List<Target> targets(Size picture) {
                return List.of();
            }

            @Override
            public void encode(Sample ignored, Size picture, Targets row) {
                row.offset("b");
            }
        };
        assertThatThrownBy(() -> batch.describe(0, sample, 0, wrong))
                .hasMessage("target: the encoder writes b, but announced [a]");
    }
}
