package io.vertebra.datasets.loading;

import static io.vertebra.datasets.loading.Made.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.CounterRandom;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.Target;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.datasets.Targets;
import io.vertebra.datasets.transforms.Pipeline;
import io.vertebra.images.Size;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Targets that are drawn: the same for the same seed, epoch and sample, whoever draws them and when. */
@Timeout(60)
class DrawnTargetsTest {
    private static final int SAMPLES = 12;

    /** Two numbers of one generator, and the first of another one. */
    private static final TargetEncoder DRAWN = new TargetEncoder() {
        @Override
        public List<Target> targets(Size picture) {
            return List.of(Target.ints("drawn", 3));
        }

        @Override
        public void encode(Sample sample, Size picture, Targets row) {
            int[] values = row.ints("drawn");
            int at = row.offset("drawn");
            CounterRandom random = row.random();
            values[at] = random.nextInt();
            values[at + 1] = random.nextInt();
            values[at + 2] = row.random().nextInt();
        }
    };

    private static LoaderOptions options(long seed) {
        return LoaderOptions.of(3, seed);
    }

    /** What was drawn for each sample in an epoch, by its number. */
    private static Map<Integer, List<Integer>> drawn(LoaderOptions options, long epoch) {
        Map<Integer, List<Integer>> drawn = new TreeMap<>();
        try (Loader loader = Loader.training(Made.numbers(SAMPLES), Pipeline.NONE, PLAIN, options, DRAWN)) {
            loader.seek(epoch, 0);
            for (int i = 0; i < SAMPLES / 3; i++) {
                Batch batch = loader.next();
                int[] values = batch.targets().get("drawn").ints();
                for (int row = 0; row < 3; row++) {
                    drawn.put(batch.indices()[row], List.of(values[3 * row], values[3 * row + 1], values[3 * row + 2]));
                }
            }
        }
        return drawn;
    }

    @Test
    void everySampleOfEveryEpochDrawsNumbersOfItsOwn() {
        List<Integer> all = new ArrayList<>();
        for (long seed : new long[] {1, 2}) {
            for (long epoch : new long[] {0, 1}) {
                Map<Integer, List<Integer>> drawn = drawn(options(seed), epoch);
                assertThat(drawn).hasSize(SAMPLES);
                drawn.values().forEach(row -> {
                    assertThat(row.get(2)).isEqualTo(row.get(0)); // an encoder cannot shift what another one draws
                    all.addAll(row.subList(0, 2));
                });
            }
        }
        assertThat(new HashSet<>(all)).hasSameSizeAs(all).hasSize(2 * 2 * SAMPLES * 2);
    }

    @Test
    void neitherThreadsNorTheSizeOfBatchesNorAResumeChangeADraw() {
        Map<Integer, List<Integer>> drawn = drawn(options(7), 3);
        assertThat(drawn(options(7).withWorkers(4, 5), 3)).isEqualTo(drawn);
        assertThat(drawn(options(7).withBucket(2), 3)).isEqualTo(drawn);
        try (Loader loader =
                Loader.training(Made.numbers(SAMPLES), Pipeline.NONE, PLAIN, LoaderOptions.of(2, 7), DRAWN)) {
            loader.seek(3, 4);
            Batch batch = loader.next();
            int[] values = batch.targets().get("drawn").ints();
            assertThat(drawn.get(batch.indices()[1])).containsExactly(values[3], values[4], values[5]);
        }
    }

    @Test
    void aRowThatIsDescribedWithoutAKeyDrawsByItsNumber() {
        Batch batch = new Batch(3, 1, 1, 2, false);
        batch.reshape(new Size(1, 1), DRAWN.targets(new Size(1, 1)));
        Made data = Made.numbers(SAMPLES);
        for (int row = 0; row < 3; row++) {
            batch.describe(row, data.load(row), row == 2 ? 1 : row, DRAWN);
        }
        int[] values = batch.targets().get("drawn").ints();
        assertThat(values[3]).isEqualTo(values[6]).isNotEqualTo(values[0]);
    }
}
