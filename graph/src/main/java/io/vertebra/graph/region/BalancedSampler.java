package io.vertebra.graph.region;

import io.vertebra.graph.op.Check;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Draws a fixed number of anchors or proposals of a picture, positive ones up to a share and negative ones for the rest.
 *
 * <p>Labels above 0 are positive, 0 is negative, others are never drawn. There may be fewer positives than their share;
 * the negatives then fill up, as far as there are enough. Faster R-CNN, arXiv:1506.01497, section 3.1.3. The same state of
 * the generator draws the same; the project derives it from (seed, epoch, picture).
 *
 * @param samples how many are drawn of a picture
 * @param positiveShare the largest share of positives
 */
public record BalancedSampler(int samples, double positiveShare) {

    /** Checks the numbers. */
    public BalancedSampler {
        Check.atLeast(1, "samples", samples);
        Door.share("positive_share", positiveShare);
    }

    /** What was drawn. */
    public static final class Draw {
        private final int[] positives;
        private final int[] negatives;

        private Draw(int[] positives, int[] negatives) {
            this.positives = positives;
            this.negatives = negatives;
        }

        /** Indices of positives, ascending. */
        public int[] positives() {
            return positives.clone();
        }

        /** Indices of negatives, ascending. */
        public int[] negatives() {
            return negatives.clone();
        }
    }

    /** Draws without replacement, each subset of the right size being equally likely. */
    public Draw draw(int[] labels, RandomGenerator random) {
        int[] positives = draw(labels, label -> label > 0, (int) (samples * positiveShare), random);
        return new Draw(positives, draw(labels, label -> label == 0, samples - positives.length, random));
    }

    private static int[] draw(int[] labels, IntPredicate wanted, int most, RandomGenerator random) {
        int[] pool = IntStream.range(0, labels.length)
                .filter(i -> wanted.test(labels[i]))
                .toArray();
        int count = Math.min(most, pool.length);
        for (int i = 0; i < count; i++) {
            int other = random.nextInt(i, pool.length);
            int index = pool[other];
            pool[other] = pool[i];
            pool[i] = index;
        }
        Arrays.sort(pool, 0, count);
        return Arrays.copyOf(pool, count);
    }
}
