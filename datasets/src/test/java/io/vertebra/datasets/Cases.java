package io.vertebra.datasets;

import io.vertebra.images.Raster;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Property tests: the same check on many random inputs, each under a seed that its name tells; {@code -Dcases.seed=7} runs that one alone. */
public final class Cases {

    private Cases() {}

    /** One test for each seed. */
    public static Stream<DynamicTest> seeded(int count, Consumer<Random> check) {
        Long only = Long.getLong("cases.seed");
        LongStream seeds = only == null ? LongStream.range(0, count) : LongStream.of(only);
        return seeds.mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> check.accept(new Random(seed))));
    }

    /** An RGB picture of random samples. */
    public static Raster raster(Random random, int height, int width) {
        byte[] data = new byte[height * width * 3];
        random.nextBytes(data);
        return Raster.of(height, width, 3, data);
    }
}
