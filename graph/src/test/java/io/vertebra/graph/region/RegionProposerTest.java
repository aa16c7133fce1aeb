package io.vertebra.graph.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class RegionProposerTest {
    private static final List<List<Double>> SIZES = List.of(List.of(12.0, 20.0), List.of(40.0));
    private static final List<List<Double>> RATIOS = List.of(List.of(1.0), List.of(0.5, 1.5));
    private static final List<Size> GRIDS = List.of(new Size(4, 6), new Size(2, 3));
    private static final Size PICTURE = new Size(41, 48); // strides of 10 by 8 and 20 by 16: rounded down
    private static final int FIRST = 48;
    private static final int ALL = FIRST + 12;

    /** By the parts that are tested alone: all anchors, decoded, cut, ranked in whole, suppressed by {@link Nms}. */
    private static List<float[]> slowly(
            RegionProposals op, float[] logits, float[] codes, float height, float width, int picture) {
        float[] boxes = new BoxCoder(1, 1, 1, 1, BoxCoder.Order.X_FIRST)
                .decode(
                        Arrays.copyOfRange(codes, 4 * ALL * picture, 4 * ALL * (picture + 1)),
                        new Anchors(op.sizes(), op.ratios()).boxes(PICTURE, GRIDS));
        for (int i = 0; i < boxes.length; i++) {
            boxes[i] = Math.max(0, Math.min(boxes[i], i % 2 == 0 ? width : height));
        }
        Comparator<Integer> better = Comparator.<Integer>comparingDouble(i -> -logits[ALL * picture + i])
                .thenComparingInt(i -> i);
        List<Integer> left = new ArrayList<>();
        for (int[] level : new int[][] {{0, FIRST}, {FIRST, ALL}}) {
            int[] best = IntStream.range(level[0], level[1])
                    .boxed()
                    .sorted(better)
                    .limit(op.before())
                    .mapToInt(i -> i)
                    .filter(i -> 1 / (1 + Math.exp(-logits[ALL * picture + i])) >= op.minScore() - 1e-7)
                    .filter(i -> boxes[4 * i + 2] - boxes[4 * i] >= op.minSide())
                    .filter(i -> boxes[4 * i + 3] - boxes[4 * i + 1] >= op.minSide())
                    .toArray();
            float[] ranks = new float[best.length];
            Arrays.setAll(best, i -> best[i]);
            for (int i = 0; i < ranks.length; i++) {
                ranks[i] = -i;
            }
            for (int kept : Nms.keep(Boxes.take(boxes, best), ranks, op.overlap())) {
                left.add(best[kept]);
            }
        }
        return left.stream()
                .sorted(better)
                .limit(op.count())
                .map(i -> Arrays.copyOfRange(boxes, 4 * i, 4 * i + 4))
                .toList();
    }

    @TestFactory
    Stream<DynamicTest> givesTheBestOfEachLevelThatOverlapNoBetterOne() {
        return Seeded.cases(60, random -> {
            RegionProposals op = new RegionProposals(
                    SIZES,
                    RATIOS,
                    1 + random.nextInt(60),
                    1 + random.nextInt(70),
                    random.nextInt(11) / 10.0,
                    random.nextInt(3) * 5,
                    random.nextInt(3) * 0.25);
            int pictures = 1 + random.nextInt(3);
            float[] logits = new float[pictures * ALL];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = (random.nextInt(81) - 40) / 16f; // some are equal
            }
            float[] codes = codes(random, pictures);
            float[] sizes = new float[2 * pictures];
            for (int n = 0; n < pictures; n++) {
                sizes[2 * n] = 20 + random.nextInt(22);
                sizes[2 * n + 1] = 24.5f + random.nextInt(23);
            }
            RegionProposer proposer = RegionProposer.of(op, GRIDS, PICTURE);
            float[] rois = new float[pictures * op.count() * 5];
            for (int again = 0; again < 2; again++) { // with what the first pass left behind
                Arrays.fill(rois, Float.NaN);
                proposer.propose(logits, codes, sizes, pictures, rois);
                for (int n = 0; n < pictures; n++) {
                    List<float[]> wanted = slowly(op, logits, codes, sizes[2 * n], sizes[2 * n + 1], n);
                    for (int i = 0; i < op.count(); i++) {
                        int row = 5 * (n * op.count() + i);
                        assertThat(rois[row]).isEqualTo(n);
                        assertThat(Arrays.copyOfRange(rois, row + 1, row + 5))
                                .isEqualTo(i < wanted.size() ? wanted.get(i) : new float[4]);
                    }
                }
            }
            assertThat(proposer.propose(logits, codes, sizes, pictures)).isEqualTo(rois);
        });
    }

    private static float[] codes(Random random, int pictures) {
        float[] codes = new float[4 * ALL * pictures];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (float) random.nextGaussian() * 0.7f;
        }
        return codes;
    }

    /** One level, one anchor of 10 by 10 at (0, 0) and one at (16, 0) of a picture of 16 by 32. */
    private static float[] two(double minSide, float[] logits, float... codes) {
        List<List<Double>> one = List.of(List.of(10.0));
        RegionProposals op = new RegionProposals(one, List.of(List.of(1.0)), 5, 2, 0.5, minSide);
        RegionProposer proposer = RegionProposer.of(op, List.of(new Size(1, 2)), new Size(16, 32));
        return proposer.propose(logits, codes, new float[] {16, 32}, 1);
    }

    @Test
    void boxesThatAreNoNumberAreDroppedWhateverTheirLogit() {
        float[] rois = two(0, new float[] {5, 1}, Float.NaN, 0, 0, 0, 0, 0.5f, 0, 0);
        assertThat(rois).containsExactly(0, 11, 0, 21, 10, 0, 0, 0, 0, 0);
        rois = two(0, new float[] {Float.NaN, 1}, 0, 0, Float.NaN, Float.NEGATIVE_INFINITY, 0, 0.5f, 0, 0);
        assertThat(rois).containsExactly(0, 11, 0, 21, 10, 0, 0, 0, 0, 0);
    }

    @Test
    void aSideMayBeJustTheLeast() {
        float[] codes = {0, 0.5f, 0, 0, 0, 0.5f, 0, 0};
        assertThat(two(5, new float[] {1, 2}, codes)).containsExactly(0, 11, 0, 21, 10, 0, 0, 0, 5, 10);
        assertThat(two(5.01, new float[] {1, 2}, codes)).containsExactly(0, 11, 0, 21, 10, 0, 0, 0, 0, 0);
    }

    @Test
    void refusesArraysOfOtherLengths() {
        RegionProposals op = new RegionProposals(SIZES, RATIOS, 5, 3, 0.7, 0);
        RegionProposer proposer = RegionProposer.of(op, GRIDS, PICTURE);
        float[] logits = new float[ALL];
        float[] codes = new float[4 * ALL];
        assertThatIllegalArgumentException()
                .isThrownBy(() -> proposer.propose(new float[ALL + 1], codes, new float[2], 1))
                .withMessage("objectness: has 61 numbers, needs 60");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> proposer.propose(logits, logits, new float[2], 1))
                .withMessage("encodings: has 60 numbers, needs 240");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> proposer.propose(logits, codes, new float[1], 1))
                .withMessage("sizes: has 1 numbers, needs 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> proposer.propose(logits, codes, new float[2], 1, new float[14]))
                .withMessage("rois: has 14 numbers, needs 15");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RegionProposer.of(op, GRIDS.subList(0, 1), PICTURE))
                .withMessage("grids: are 1, the levels are 2");
    }
}
