package io.vertebra.images;

import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Property tests: the same check on many random inputs, each under a seed that its name tells; {@code -Dcases.seed=7} runs that one alone. */
final class Cases {

    private Cases() {}

    static Stream<DynamicTest> seeded(int count, Consumer<Random> check) {
        Long only = Long.getLong("cases.seed");
        LongStream seeds = only == null ? LongStream.range(0, count) : LongStream.of(only);
        return seeds.mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> check.accept(new Random(seed))));
    }

    static Raster raster(Random random, int channels) {
        int height = 1 + random.nextInt(40);
        int width = 1 + random.nextInt(40);
        byte[] data = new byte[height * width * channels];
        random.nextBytes(data);
        return Raster.of(height, width, channels, data);
    }

    /** A map whose values 0 to {@code values - 1} come in runs, as in real ones. */
    static LabelMap map(Random random, int values) {
        int height = 1 + random.nextInt(12);
        int width = 1 + random.nextInt(12);
        byte[] data = new byte[height * width];
        for (int i = 0; i < data.length; i++) {
            data[i] = i > 0 && random.nextInt(3) > 0 ? data[i - 1] : (byte) random.nextInt(values);
        }
        return LabelMap.of(height, width, data);
    }
}
