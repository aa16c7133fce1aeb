package io.vertebra.datasets.transforms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.CounterRandom;
import io.vertebra.datasets.Pictures;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Raster;
import io.vertebra.images.Size;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PipelineTest {

    private static final Transform CROP = new RandomCrop(new RandomCrop.Config(8, 4));
    private static final Transform FLIP = new RandomHorizontalFlip(new RandomHorizontalFlip.Config(null));
    private static final BatchTransform MIXUP = new Mixup(new Mixup.Config(1.0));

    private final Sample sample = new Sample("x", Pictures.smooth(20, 20, 3), 0);

    @Test
    void theSameSeedEpochAndSampleGiveTheSamePicture() {
        Pipeline pipeline = Pipeline.of(List.of(CROP, FLIP));
        assertThat(pipeline.apply(sample, 1, 2, 3))
                .isEqualTo(Pipeline.of(List.of(CROP, FLIP)).apply(sample, 1, 2, 3));
        Set<Raster> seen = new HashSet<>();
        for (int i = 0; i < 30; i++) {
            seen.add(pipeline.apply(sample, i, 2, 3).image());
            seen.add(pipeline.apply(sample, 1, 3 + i, 3).image());
            seen.add(pipeline.apply(sample, 1, 2, 4 + i).image());
        }
        assertThat(seen).hasSizeGreaterThan(80); // 90 draws of 441 places and 2 sides
    }

    @Test
    void equalTransformsInOneListDrawDifferentNumbers() {
        Pipeline twice = Pipeline.of(List.of(FLIP, FLIP));
        Set<Raster> seen = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            seen.add(twice.apply(sample, 1, 0, i).image());
        }
        assertThat(seen).hasSize(2); // with equal numbers the second would always undo the first
    }

    @Test
    void transformsRunInTheOrderOfTheList() {
        Transform resize = new Resize(new Resize.Config(10, null));
        Transform center = new CenterCrop(new CenterCrop.Config(8));
        assertThat(Pipeline.of(List.of(resize, center))
                        .apply(sample, 1, 1, 1)
                        .image()
                        .size())
                .isEqualTo(new Size(8, 8));
        assertThat(Pipeline.of(List.of(center, resize))
                        .apply(sample, 1, 1, 1)
                        .image()
                        .size())
                .isEqualTo(new Size(10, 10));
        assertThat(Pipeline.of(List.of(center, resize)).size(Optional.empty())).contains(new Size(10, 10));
        assertThat(Pipeline.of(List.of(resize, FLIP)).size(Optional.empty())).isEmpty();
        assertThat(Pipeline.NONE.apply(sample, 1, 1, 1)).isSameAs(sample);
        assertThat(Pipeline.NONE.size(Optional.of(new Size(3, 4)))).contains(new Size(3, 4));
    }

    @Test
    void mixingComesLast() {
        assertThatThrownBy(() -> Pipeline.of(List.of(MIXUP, FLIP)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("transforms: mixup and cutmix must come last");
        assertThat(Pipeline.of(List.of(FLIP, MIXUP)).hasBatchTransforms()).isTrue();
        assertThat(Pipeline.of(List.of(FLIP)).hasBatchTransforms()).isFalse();
    }

    @Test
    void mixingFollowsFromSeedEpochAndBatch() {
        Pipeline pipeline = Pipeline.of(List.of(MIXUP));
        Set<Float> weights = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            weights.add(weight(pipeline, 1, 2, 3 + i));
            weights.add(weight(pipeline, 1, 3 + i, 3));
            weights.add(weight(pipeline, 2 + i, 2, 3));
        }
        assertThat(weights).hasSize(12).contains(weight(pipeline, 1, 2, 3));
        Pipeline twice = Pipeline.of(List.of(MIXUP, MIXUP));
        float once = weight(pipeline, 1, 2, 3);
        assertThat(weight(twice, 1, 2, 3)).isNotEqualTo(once * once + (1 - once) * (1 - once));
    }

    private static float weight(Pipeline pipeline, long seed, long epoch, int index) {
        Batch batch = new Batch(2, 1, 1, 2, true);
        batch.fill(epoch, index, 2);
        batch.softLabels().orElseThrow()[0] = 1;
        batch.softLabels().orElseThrow()[3] = 1;
        pipeline.apply(batch, seed);
        return batch.softLabels().orElseThrow()[0];
    }

    @Test
    void batchTransformsDrawWithKeysThatNoSampleHas() {
        List<Long> drawn = new ArrayList<>();
        BatchTransform draw = (batch, random) -> drawn.add(random.nextLong());
        Batch batch = new Batch(1, 1, 1, 1, true);
        batch.fill(7, 5, 1);
        Pipeline.of(List.of(draw, draw)).apply(batch, 3);
        assertThat(drawn)
                .containsExactly(
                        CounterRandom.of(3, 7, 5, -1).nextLong(),
                        CounterRandom.of(3, 7, 5, -2).nextLong());
    }
}
