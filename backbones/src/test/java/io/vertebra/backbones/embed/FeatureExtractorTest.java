package io.vertebra.backbones.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.backbones.Backbones;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Shape;
import io.vertebra.images.Raster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On one small network: threads, batches and the end. */
class FeatureExtractorTest {
    private static final int SIDE = 16;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    private static FeatureExtractorBuilder builder(GatedEngine engine) {
        return Backbones.load("resnet20_cifar").randomWeights(5).engine(engine);
    }

    private static float[] planes(int seed, int side) {
        Random random = new Random(seed);
        float[] values = new float[3 * side * side];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static Picture picture(int seed) {
        return Picture.of(planes(seed, SIDE), SIDE, SIDE);
    }

    private static void assertAlike(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(1e-4f * (1 + Math.abs(expected[i]))));
        }
    }

    private static void untilWaiting(FeatureExtractor extractor, int pictures) {
        while (extractor.waiting() < pictures) {
            Thread.onSpinWait();
        }
    }

    @Test
    void givesTheEmbeddingAndTheLevelsThatWereAskedFor() {
        try (FeatureExtractor extractor =
                builder(GatedEngine.open()).outputs(4, 1).open()) {
            Features features = extractor.extract(picture(1));
            Tensor.Floats last = features.level(4);

            assertThat(features.reductions()).containsExactly(1, 4);
            assertThat(features.level(1).shape()).isEqualTo(Shape.of(1, 16, 16, 16));
            assertThat(last.shape()).isEqualTo(Shape.of(1, 64, 4, 4));
            assertThat(features.embedding()).hasSize(64);
            for (int c = 0; c < 64; c++) { // the classifier of this family takes the mean of its last level
                double sum = 0;
                for (int i = 0; i < 16; i++) {
                    sum += last.data()[c * 16 + i];
                }
                assertThat((double) features.embedding()[c]).isCloseTo(sum / 16, within(1e-5));
            }
            assertThatThrownBy(() -> features.level(2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("level: 2 is not among the outputs that were asked for, [1, 4]");
        }
    }

    @Test
    void computesNothingThatNobodyAskedFor() {
        GatedEngine engine = GatedEngine.open();
        builder(engine).outputs(1, 2).outputs().open().close();
        assertThat(engine.graphs.get(0).outputs().keySet()).containsExactly("embedding");
    }

    @Test
    void manyPicturesGiveWhatEachGivesAlone() {
        GatedEngine engine = GatedEngine.open();
        try (FeatureExtractor extractor =
                builder(engine).outputs(2).batching(4, Duration.ZERO).open()) {
            List<Picture> pictures = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                pictures.add(picture(i));
            }
            List<Features> together = extractor.extract(pictures);

            assertThat(engine.batches).containsExactly(4, 2, 1);
            assertThat(together).hasSize(7);
            for (int i = 0; i < 7; i++) {
                Features alone = extractor.extract(pictures.get(i));
                assertAlike(together.get(i).embedding(), alone.embedding());
                assertAlike(together.get(i).level(2).data(), alone.level(2).data());
            }
            assertThat(extractor.extract(List.<Picture>of())).isEmpty();
        }
    }

    @Test
    void resultsStayWhenTheNextPictureComes() {
        try (FeatureExtractor extractor = builder(GatedEngine.open()).outputs(4).open()) {
            Features first = extractor.extract(picture(1));
            float[] embedding = first.embedding().clone();
            float[] level = first.level(4).data().clone();

            Features other = extractor.extract(picture(2));

            assertThat(first.embedding()).isEqualTo(embedding).isNotEqualTo(other.embedding());
            assertThat(first.level(4).data()).isEqualTo(level);
        }
    }

    @Test
    void callsThatWaitShareABatch() throws Exception {
        GatedEngine engine = GatedEngine.shut();
        try (FeatureExtractor extractor = builder(engine).open()) {
            List<Future<float[]>> answers = new ArrayList<>();
            answers.add(threads.submit(() -> extractor.embed(picture(0))));
            engine.firstArrived.await();
            for (int i = 1; i <= 4; i++) {
                Picture picture = picture(i);
                answers.add(threads.submit(() -> extractor.embed(picture)));
                untilWaiting(extractor, i);
            }
            engine.release();
            List<float[]> got = new ArrayList<>();
            for (Future<float[]> answer : answers) {
                got.add(answer.get());
            }
            assertThat(engine.batches).containsExactly(1, 4);
            for (int i = 0; i <= 4; i++) {
                assertAlike(got.get(i), extractor.embed(planes(i, SIDE), SIDE, SIDE));
            }
        }
    }

    @Test
    void aBatchHoldsOneSizeAndAPowerOfTwoOrTheMost() throws Exception {
        GatedEngine engine = GatedEngine.shut();
        try (FeatureExtractor extractor =
                builder(engine).batching(3, Duration.ZERO).open()) {
            List<Future<float[]>> answers = new ArrayList<>();
            answers.add(threads.submit(() -> extractor.embed(picture(0))));
            engine.firstArrived.await();
            for (int i = 1; i <= 7; i++) {
                int side = i % 3 == 0 ? 8 : SIDE; // the third and the sixth are smaller
                Picture picture = Picture.of(planes(i, side), side, side);
                answers.add(threads.submit(() -> extractor.embed(picture)));
                untilWaiting(extractor, i);
            }
            engine.release();
            List<float[]> got = new ArrayList<>();
            for (Future<float[]> answer : answers) {
                got.add(answer.get());
            }
            assertThat(engine.batches).containsExactly(1, 3, 2, 2);
            for (int i = 0; i <= 7; i++) {
                int side = i % 3 == 0 && i > 0 ? 8 : SIDE;
                assertAlike(got.get(i), extractor.embed(planes(i, side), side, side));
            }
        }
    }

    @Test
    void aPictureLingersForCompanyUntilTheBatchIsFull() throws Exception {
        GatedEngine engine = GatedEngine.open();
        try (FeatureExtractor extractor =
                builder(engine).batching(2, Duration.ofDays(1)).open()) {
            Future<float[]> first = threads.submit(() -> extractor.embed(picture(1)));
            untilWaiting(extractor, 1);
            float[] second = extractor.embed(picture(2));

            assertThat(engine.batches).containsExactly(2);
            assertThat(first.get()).isNotEqualTo(second);
        }
    }

    @Test
    void anInterruptedThreadGetsItsAnswerWithoutCompany() {
        GatedEngine engine = GatedEngine.open();
        try (FeatureExtractor extractor =
                builder(engine).batching(2, Duration.ofDays(1)).open()) {
            Thread.currentThread().interrupt();
            assertThat(extractor.embed(picture(1))).hasSize(64);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void lingeringEnds() {
        GatedEngine engine = GatedEngine.open();
        try (FeatureExtractor extractor =
                builder(engine).batching(2, Duration.ofMillis(1)).open()) {
            extractor.embed(picture(1));
            assertThat(engine.batches).containsExactly(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8})
    void manyThreadsGetTheirOwnAnswers(int most) throws Exception {
        GatedEngine engine = GatedEngine.open();
        try (FeatureExtractor extractor =
                builder(engine).outputs(4).batching(most, Duration.ZERO).open()) {
            List<Features> alone = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                alone.add(extractor.extract(picture(i)));
            }
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Void>> ends = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                int own = t;
                Callable<Void> work = () -> {
                    start.await();
                    for (int i = 0; i < 12; i++) {
                        Features features = extractor.extract(picture((own + i) % 8));
                        assertAlike(
                                features.embedding(), alone.get((own + i) % 8).embedding());
                        assertAlike(
                                features.level(4).data(),
                                alone.get((own + i) % 8).level(4).data());
                    }
                    return null;
                };
                ends.add(threads.submit(work));
            }
            start.countDown();
            for (Future<Void> end : ends) {
                end.get();
            }
            assertThat(engine.batches).allMatch(n -> n <= most);
            assertThat(engine.batches.stream().mapToInt(n -> n).sum()).isEqualTo(8 + 8 * 12);
        }
    }

    @Test
    void aFailureReachesEveryCallerOfItsBatchAndNoOther() throws Exception {
        GatedEngine engine = GatedEngine.shut();
        try (FeatureExtractor extractor =
                Backbones.load("squeezenet1_1").randomWeights(5).engine(engine).open()) {
            Future<float[]> fits = threads.submit(() -> extractor.embed(planes(1, 32), 32, 32));
            engine.firstArrived.await();
            Picture tooSmall = Picture.of(planes(2, 4), 4, 4);
            Future<float[]> one = threads.submit(() -> extractor.embed(tooSmall));
            untilWaiting(extractor, 1);
            Future<float[]> other = threads.submit(() -> extractor.embed(tooSmall));
            untilWaiting(extractor, 2);
            engine.release();

            assertThat(fits.get()).hasSize(512);
            assertThatThrownBy(one::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(GraphException.class);
            assertThatThrownBy(other::get).hasCauseInstanceOf(GraphException.class);
            assertThat(engine.batches).containsExactly(1, 2);
            assertThat(extractor.embed(planes(1, 32), 32, 32)).isEqualTo(fits.get());
        }
    }

    @Test
    void closingWaitsForCallsAndRefusesLaterOnes() throws Exception {
        GatedEngine engine = GatedEngine.shut();
        FeatureExtractor extractor = builder(engine).open();
        Future<float[]> running = threads.submit(() -> extractor.embed(picture(1)));
        engine.firstArrived.await();
        Thread closing = new Thread(extractor::close);
        closing.start();
        while (closing.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        assertThatThrownBy(() -> extractor.embed(picture(2)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the feature extractor is closed");
        assertThat(engine.closed).hasValue(0);
        assertThat(running).isNotDone();

        engine.release();
        closing.join();

        assertThat(running.get()).hasSize(64);
        assertThat(engine.closed).hasValue(1);
        extractor.close();
        assertThatThrownBy(() -> extractor.embed(picture(2))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aCallThatFailedDoesNotHoldUpTheEnd() {
        FeatureExtractor extractor = builder(GatedEngine.open()).open();
        assertThatThrownBy(() -> extractor.embed(new float[SIDE * SIDE], SIDE, SIDE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("pixels: have 1 channels, the network takes 3");
        extractor.close();
    }

    @Test
    void everyFormOfAPictureGivesTheSame() throws Exception {
        byte[] data = new byte[3 * 40 * 48];
        new Random(3).nextBytes(data);
        Raster raster = Raster.of(40, 48, 3, data);
        java.awt.image.BufferedImage image = new java.awt.image.BufferedImage(48, 40, 5);
        for (int y = 0; y < 40; y++) {
            for (int x = 0; x < 48; x++) {
                image.setRGB(x, y, raster.at(y, x, 0) << 16 | raster.at(y, x, 1) << 8 | raster.at(y, x, 2));
            }
        }
        java.nio.file.Path file = java.nio.file.Files.createTempFile("embed", ".png");
        try (FeatureExtractor extractor = builder(GatedEngine.open()).size(32).open()) {
            assertThat(javax.imageio.ImageIO.write(image, "png", file.toFile())).isTrue();
            Raster square = extractor.preparation().cut(raster);
            float[] planes = new float[3 * 32 * 32];
            extractor.preparation().normalization().table().write(square, planes, 0);

            float[] expected = extractor.embed(planes, 32, 32);

            assertThat(extractor.embed(Picture.of(raster))).isEqualTo(expected);
            assertThat(extractor.embed(image)).isEqualTo(expected);
            assertThat(extractor.embed(file)).isEqualTo(expected);
            assertThat(extractor.extract(file).embedding()).isEqualTo(expected);
        } finally {
            java.nio.file.Files.delete(file);
        }
    }

    @Test
    void grayIsRepeated() {
        byte[] gray = new byte[32 * 32];
        byte[] rgb = new byte[3 * 32 * 32];
        new Random(4).nextBytes(gray);
        for (int i = 0; i < gray.length; i++) {
            rgb[3 * i] = gray[i];
            rgb[3 * i + 1] = gray[i];
            rgb[3 * i + 2] = gray[i];
        }
        try (FeatureExtractor extractor = builder(GatedEngine.open()).open()) {
            assertThat(extractor.embed(Picture.of(Raster.of(32, 32, 1, gray))))
                    .isEqualTo(extractor.embed(Picture.of(Raster.of(32, 32, 3, rgb))));
        }
    }
}
