package io.vertebra.graph.region;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class BestTest {

    @TestFactory
    Stream<DynamicTest> keepsTheFirstOfTheSortedScores() {
        Best best = new Best(); // one for all cases: it starts anew
        return Seeded.cases(100, random -> {
            int count = random.nextInt(2000);
            int wanted = random.nextInt(300);
            float[] scores = new float[count];
            for (int i = 0; i < count; i++) {
                scores[i] = random.nextInt(200) / 8f;
            }
            if (random.nextInt(3) == 0) {
                Arrays.sort(scores); // the worst first
            }
            best.start(wanted);
            for (int i = 0; i < count; i++) {
                best.add(scores[i], i);
            }
            int[] sorted = IntStream.range(0, count)
                    .boxed()
                    .sorted((a, b) -> scores[a] != scores[b] ? Float.compare(scores[b], scores[a]) : a - b)
                    .limit(wanted)
                    .mapToInt(i -> i)
                    .toArray();
            assertThat(IntStream.range(0, best.finish()).map(best::index)).containsExactly(box(sorted));
        });
    }

    private static Integer[] box(int[] values) {
        return Arrays.stream(values).boxed().toArray(Integer[]::new);
    }

    @Test
    void whatIsNoNumberComesFirst() {
        Best best = new Best();
        best.start(2);
        best.add(Float.POSITIVE_INFINITY, 0);
        best.add(Float.NEGATIVE_INFINITY, 1);
        best.add(Float.NaN, 2);
        assertThat(best.finish()).isEqualTo(2);
        assertThat(best.index(0)).isEqualTo(2);
        assertThat(best.index(1)).isZero();
    }
}
