package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thousand seeded damages for every reader: each file is read, or refused by a WeightsException, within the budget of memory. */
class MutatedFilesTest {

    private static final int CASES = 1000;
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    private Path folder;

    private Schemes schemes;

    @BeforeEach
    void loadSchemes() {
        schemes = Schemes.builtIn();
    }

    @Test
    void safetensors() throws IOException {
        Path whole = folder.resolve("whole.safetensors");
        new SafetensorsWriter()
                .metadata("a", "b")
                .add("conv.weight", new int[] {2, 3, 1, 1}, new float[6])
                .add("x", new int[0], new long[1])
                .add("y", new int[] {4}, new int[4])
                .write(whole);
        byte[] bytes = Files.readAllBytes(whole);
        assertThat(damage(bytes, 0)).isBetween(CASES / 10, CASES - 10);
    }

    @Test
    void torchZip() throws IOException {
        assertThat(damage(Fixtures.resource("nested.pt"), 0)).isBetween(CASES / 10, CASES - 10);
    }

    @Test
    void torchZipWithValidChecksums() throws IOException {
        byte[] legacy = Fixtures.resource("types_legacy.pt");
        byte[] pickle = Arrays.copyOfRange(legacy, 137, legacy.length); // after the three small pickles of the head
        int refused = 0;
        for (int seed = 0; seed < CASES; seed++) {
            Map<String, byte[]> entries = new LinkedHashMap<>();
            entries.put("x/data.pkl", mutate(pickle, new SplittableRandom(seed)));
            refused += refuses(Fixtures.zip(entries), seed);
        }
        assertThat(refused).isEqualTo(CASES); // its storages are missing
    }

    @Test
    void torchLegacy() throws IOException {
        assertThat(damage(Fixtures.resource("nested_legacy.pt"), 0)).isBetween(CASES / 10, CASES - 10);
        assertThat(damage(Fixtures.resource("types_legacy.pt"), 5000)).isBetween(CASES / 10, CASES - 10);
    }

    @Test
    void hdf5() throws IOException {
        byte[] bytes = Files.readAllBytes(Fixtures.shared("data/bad_inputs/weights/ok.h5"));
        assertThat(damage(bytes, 0)).isBetween(CASES / 10, CASES - 10);
    }

    /** Number of refused cases. */
    private int damage(byte[] whole, int firstSeed) throws IOException {
        int refused = 0;
        for (int seed = firstSeed; seed < firstSeed + CASES; seed++) {
            refused += refuses(mutate(whole, new SplittableRandom(seed)), seed);
        }
        return refused;
    }

    private int refuses(byte[] bytes, int seed) throws IOException {
        Path path = Files.write(folder.resolve("mutated"), bytes);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        int refused = 0;
        try {
            WeightsInspection.of(path, schemes);
        } catch (WeightsException e) {
            assertThat(e.getMessage())
                    .as("seed %d", seed)
                    .startsWith(path + ": ")
                    .doesNotContain("\n")
                    .hasSizeLessThan(1000);
            refused = 1;
        } catch (RuntimeException | Error e) {
            throw new AssertionError("seed " + seed, e);
        }
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertThat(allocated).as("bytes allocated by seed %d", seed).isLessThan(2L * bytes.length + (64 << 20));
        return refused;
    }

    /** Flips one to four bits, overwrites a few bytes with extreme ones, cuts the end or repeats a piece. */
    private static byte[] mutate(byte[] whole, SplittableRandom random) {
        byte[] bytes = whole.clone();
        switch (random.nextInt(8)) {
            case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 1 -> {
                int from = random.nextInt(bytes.length);
                int length = random.nextInt(Math.min(16, bytes.length - from));
                System.arraycopy(bytes, from, bytes, random.nextInt(bytes.length - length), length);
            }
            case 2 -> {
                int from = random.nextInt(bytes.length);
                byte extreme = (byte) new int[] {0, 0xff, 0x7f, 0x80}[random.nextInt(4)];
                Arrays.fill(bytes, from, Math.min(bytes.length, from + 1 + random.nextInt(8)), extreme);
            }
            default -> {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
        }
        return bytes;
    }
}
