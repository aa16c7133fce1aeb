package io.vertebra.app.command;

import io.vertebra.backbones.weights.SafetensorsWriter;
import java.nio.file.Path;
import java.util.Random;

/** Tensors for {@code vertebra forward}. */
final class Inputs {
    private Inputs() {}

    /** Writes {@code in.safetensors}: so many square pictures of three channels, the same whenever it is called. */
    static Path write(Path folder, int n, int side) {
        Random random = new Random(3);
        float[] values = new float[n * 3 * side * side];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        Path file = folder.resolve("in.safetensors");
        new SafetensorsWriter()
                .add("input", new int[] {n, 3, side, side}, values)
                .write(file);
        return file;
    }
}
