package io.vertebra.datasets.loading;

import static io.vertebra.datasets.loading.Made.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.Target;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.datasets.Targets;
import io.vertebra.datasets.formats.ShapesFormat;
import io.vertebra.datasets.transforms.Mixup;
import io.vertebra.datasets.transforms.Pipeline;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Raster;
import io.vertebra.images.Size;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60) // a loader that waits for itself must fail the test, not hang the build
class TargetFaultsTest {

    @Test
    void aBatchWithoutAReadablePictureIsZeros() {
        Made growing = Made.growing(4);
        Dataset broken = Made.of(4, "g", index -> {
            if (index > 1) {
                throw new DatasetException("g" + index, "is broken");
            }
            return growing.load(index);
        });
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
    void withoutAnEncoderAnnotationsAreLeftOut() {
        Made data = Made.growing(2);
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
        Dataset wide = Made.of(2, "w", index -> {
            Raster line =
                    index == 0 ? Raster.of(20_000, 1, 3, new byte[60_000]) : Raster.of(1, 20_000, 3, new byte[60_000]);
            return new Sample("w" + index, line, 0);
        });
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
