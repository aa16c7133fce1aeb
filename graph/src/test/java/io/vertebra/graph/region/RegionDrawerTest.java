package io.vertebra.graph.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vertebra.graph.engine.CounterHash;
import io.vertebra.graph.op.RegionSamples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegionDrawerTest {

    /** Every candidate is a box of its own, so that a row says which one it is. */
    private static final class Pool {
        private final float[] rois;
        private final float[] truths;
        private final int[] labels;
        private final int perPicture;
        private final int objects;

        Pool(float[] rois, float[] truths, int[] labels, int perPicture, int objects) {
            this.rois = rois;
            this.truths = truths;
            this.labels = labels;
            this.perPicture = perPicture;
            this.objects = objects;
        }

        float[] candidate(int picture, int i) {
            return i < perPicture
                    ? Arrays.copyOfRange(rois, 5 * (picture * perPicture + i) + 1, 5 * (picture * perPicture + i) + 5)
                    : Arrays.copyOfRange(truths, truth(picture, i), truth(picture, i) + 4);
        }

        private int truth(int picture, int i) {
            return 4 * (picture * objects + i - perPicture);
        }

        boolean counts(int picture, int i) {
            return i < perPicture ? i % 7 != 3 : labels[picture * objects + i - perPicture] > 0;
        }

        boolean isPositive(int picture, int i) {
            float[] box = candidate(picture, i);
            for (int t = 0; t < objects; t++) {
                float[] truth =
                        Arrays.copyOfRange(truths, 4 * (picture * objects + t), 4 * (picture * objects + t) + 4);
                if (labels[picture * objects + t] > 0 && Overlap.IOU.matrix(box, truth)[0] >= 0.4) {
                    return true;
                }
            }
            return false;
        }

        /** The candidates of a kind, the one of the least number first. */
        List<Integer> pool(int picture, boolean positive, long key) {
            List<Integer> pool = new ArrayList<>();
            int all = perPicture + objects;
            for (int i = 0; i < all; i++) {
                if (counts(picture, i) && isPositive(picture, i) == positive) {
                    pool.add(i);
                }
            }
            pool.sort(Comparator.comparingDouble(i -> CounterHash.uniform(key, (long) picture * all + i)));
            return pool;
        }
    }

    private static Pool pool(Random random, int pictures) {
        int perPicture = random.nextInt(40);
        int objects = 1 + random.nextInt(5);
        float[] truths = Seeded.boxes(random, pictures * objects);
        float[] boxes = Seeded.boxes(random, pictures * perPicture);
        float[] rois = new float[pictures * perPicture * 5];
        for (int i = 0; i < pictures * perPicture; i++) {
            rois[5 * i] = (float) Math.floorDiv(i, perPicture);
            System.arraycopy(boxes, 4 * i, rois, 5 * i + 1, 4);
            if (i % perPicture % 7 == 3) {
                rois[5 * i + 3] = rois[5 * i + 1];
            } else if (i % 3 == 0) { // on an object
                int truth = i / perPicture * objects + random.nextInt(objects);
                System.arraycopy(truths, 4 * truth, rois, 5 * i + 1, 4);
                rois[5 * i + 1] -= i % perPicture / 16f;
            }
        }
        int[] labels = random.ints((long) pictures * objects, -1, 4).toArray();
        return new Pool(rois, truths, labels, perPicture, objects);
    }

    @TestFactory
    Stream<DynamicTest> drawsThoseOfTheLeastNumbersInTheirOrder() {
        return Seeded.cases(80, random -> {
            int pictures = 1 + random.nextInt(3);
            Pool pool = pool(random, pictures);
            RegionSamples op = new RegionSamples(1 + random.nextInt(30), random.nextInt(5) / 4.0, 0.4);
            long key = random.nextLong();
            float[] drawn = RegionDrawer.draw(op, pool.rois, pool.truths, pool.labels, pictures, key);
            assertThat(drawn).hasSize(pictures * op.samples() * 5);
            for (int n = 0; n < pictures; n++) {
                List<Integer> positives = pool.pool(n, true, key);
                positives = positives.subList(0, Math.min(positives.size(), (int) (op.samples() * op.share())));
                List<Integer> negatives = pool.pool(n, false, key);
                negatives = negatives.subList(0, Math.min(negatives.size(), op.samples() - positives.size()));
                List<Integer> chosen = new ArrayList<>();
                positives.stream().sorted().forEach(chosen::add);
                negatives.stream().sorted().forEach(chosen::add);
                for (int i = 0; i < op.samples(); i++) {
                    int row = 5 * (n * op.samples() + i);
                    assertThat(drawn[row]).isEqualTo(n);
                    assertThat(Arrays.copyOfRange(drawn, row + 1, row + 5))
                            .isEqualTo(i < chosen.size() ? pool.candidate(n, chosen.get(i)) : new float[4]);
                }
            }
        });
    }

    @ParameterizedTest
    @CsvSource({"4, 0.5, 2", "4, 0.74, 2", "4, 0.75, 3", "3, 1, 3", "5, 0, 0"})
    void theShareIsRoundedDown(int samples, double share, int positives) {
        float[] rois = new float[5 * 20];
        for (int i = 0; i < 20; i++) { // ten on the object, ten elsewhere
            System.arraycopy(new float[] {0, i / 10 * 50, 0, i / 10 * 50 + 10, 10 + i / 100f}, 0, rois, 5 * i, 5);
        }
        RegionSamples op = new RegionSamples(samples, share, 0.5);
        float[] drawn = RegionDrawer.draw(op, rois, new float[] {0, 0, 10, 10}, new int[] {1}, 1, 5);
        for (int i = 0; i < samples; i++) {
            assertThat(drawn[5 * i + 1]).isEqualTo(i < positives ? 0 : 50);
            assertThat(drawn[5 * i + 3]).isEqualTo(i < positives ? 10 : 60);
        }
    }

    @Test
    void theKeyDecidesAndAllAreDrawnAlike() {
        float[] rois = new float[50];
        for (int i = 0; i < 10; i++) {
            System.arraycopy(new float[] {0, i, 0, i + 1, 1}, 0, rois, 5 * i, 5);
        }
        int[] counts = new int[10];
        RegionSamples op = new RegionSamples(4, 0.5, 0.5);
        for (int step = 0; step < 5000; step++) {
            long key = CounterHash.key(1, step, 0, 3);
            float[] drawn = RegionDrawer.draw(op, rois, new float[4], new int[1], 1, key);
            for (int i = 0; i < 4; i++) {
                counts[(int) drawn[5 * i + 1]]++;
            }
        }
        for (int count : counts) { // 2000 ± 5 standard deviations of 35
            assertThat(count).isBetween(1825, 2175);
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        RegionSamples op = new RegionSamples(4, 0.5, 0.5);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RegionDrawer.draw(op, new float[15], new float[8], new int[2], 2, 0))
                .withMessage("rois: has 15 numbers, no multiple of 10");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RegionDrawer.draw(op, new float[10], new float[8], new int[3], 1, 0))
                .withMessage("truths: has 8 numbers, needs 12");
    }
}
