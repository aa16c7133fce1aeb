package io.vertebra.datasets.decode;

import io.vertebra.datasets.DatasetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** Files with a few flipped bits, sometimes cut; and a program that decodes many of them, for watching what it prints. */
final class Damage {

    private Damage() {}

    static byte[] of(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        int flips = 1 + random.nextInt(4);
        for (int i = 0; i < flips; i++) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)) : bytes;
    }

    /** Arguments: how many damaged forms of each file, and the files. */
    public static void main(String[] arguments) throws IOException {
        int count = Integer.parseInt(arguments[0]);
        int refused = 0;
        ImageDecoder decoder = new ImageDecoder();
        for (String file : Arrays.asList(arguments).subList(1, arguments.length)) {
            byte[] whole = Files.readAllBytes(Path.of(file));
            for (int seed = 0; seed < count; seed++) {
                try {
                    decoder.decode(file, of(whole, new Random(seed)));
                } catch (DatasetException expected) {
                    refused++;
                }
            }
        }
        if (refused == 0) {
            throw new IllegalStateException("no damage was noticed");
        }
    }
}
