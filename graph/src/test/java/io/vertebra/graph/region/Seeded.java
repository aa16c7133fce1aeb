package io.vertebra.graph.region;

import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** The same check on many random inputs; the seed is in the name, {@code -Dcases.seed=7} runs that one alone. */
final class Seeded {
    private Seeded() {}

    static Stream<DynamicTest> cases(int count, Consumer<Random> check) {
        Long only = Long.getLong("cases.seed");
        LongStream seeds = only == null ? LongStream.range(0, count) : LongStream.of(only);
        return seeds.mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> check.accept(new Random(seed))));
    }

    /** Boxes with an area, in and around a picture of 100 by 100 pixels; some are equal. */
    static float[] boxes(Random random, int count) {
        float[] boxes = new float[4 * count];
        for (int i = 0; i < count; i++) {
            if (i > 0 && random.nextInt(8) == 0) {
                System.arraycopy(boxes, 4 * random.nextInt(i), boxes, 4 * i, 4);
            } else {
                boxes[4 * i] = random.nextFloat() * 100 - 10;
                boxes[4 * i + 1] = random.nextFloat() * 100 - 10;
                boxes[4 * i + 2] = boxes[4 * i] + 1 + random.nextFloat() * 40;
                boxes[4 * i + 3] = boxes[4 * i + 1] + 1 + random.nextFloat() * 40;
            }
        }
        return boxes;
    }

    static float[] floats(Random random, int count) {
        float[] floats = new float[count];
        for (int i = 0; i < count; i++) {
            floats[i] = random.nextFloat();
        }
        return floats;
    }
}
