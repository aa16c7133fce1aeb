package io.vertebra.backbones.zoo;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Sets of weights for tests of downloads, and stores that do not wait. */
final class Published {
    private Published() {}

    /** Bytes that differ from place to place. */
    static byte[] content(int length) {
        byte[] bytes = new byte[length];
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(length);
        random.nextBytes(bytes);
        return bytes;
    }

    /** The first digits of the SHA-256 of bytes. */
    static String sha256(byte[] bytes, int digits) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes))
                    .substring(0, digits);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The set {@code net:in1k} at an address. */
    static Zoo.Weights weights(String url, String sha256) {
        return new Zoo.Weights(
                "in1k",
                "timm",
                "net.pth",
                url,
                sha256,
                null,
                2,
                List.of(0.0, 0.0, 0.0),
                List.of(1.0, 1.0, 1.0),
                List.of(new Zoo.Evaluation(8, 8, "bilinear", Map.of())));
    }

    /** A zoo of nothing but this set. */
    static Zoo zoo(String url) {
        String text =
                "- {name: net, classes: 2, input_size: 8, weights: [{tag: in1k, source: timm, file: net.pth, url: \""
                        + url + "\", classes: 2, mean: [0, 0, 0], std: [1, 1, 1],"
                        + " evaluations: [{size: 8, resize: 8, interpolation: bilinear}]}]}";
        return new Zoo(ZooFilesTest.files(Map.of("index.yaml", "net: [net]", "net.yaml", text), new ArrayList<>()));
    }

    /** Limits whose pauses are only written down, and whose clock gains a tenth of a second whenever it is looked at. */
    static Limits limits(Duration stall, int attempts, long largest, List<Duration> pauses) {
        AtomicLong clock = new AtomicLong();
        return new Limits(stall, attempts, largest, () -> clock.addAndGet(100_000_000), pauses::add);
    }

    /** A store that takes up to a mebibyte in up to three tries. */
    static WeightStore store(Path folder) {
        return WeightStore.at(folder).limits(limits(Duration.ofSeconds(20), 3, 1 << 20, new ArrayList<>()));
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
