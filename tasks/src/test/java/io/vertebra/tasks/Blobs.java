package io.vertebra.tasks;

import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Raster;
import io.vertebra.images.Size;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Small pictures that are easy to tell apart: the class is the brightest channel, all else is noise of the sample's number.
 *
 * @param count how many
 * @param side of each
 * @param noise grey levels around the class's own
 */
public record Blobs(int count, int side, int noise) implements Dataset {

    @Override
    public int size() {
        return count;
    }

    @Override
    public List<String> classNames() {
        return List.of("red", "green", "blue");
    }

    @Override
    public int label(int index) {
        return index % 3;
    }

    @Override
    public String id(int index) {
        return "blob-" + index;
    }

    @Override
    public Sample load(int index) {
        byte[] data = new byte[side * side * 3];
        SplittableRandom random = new SplittableRandom(index);
        for (int i = 0; i < data.length; i++) {
            int base = i % 3 == label(index) ? 170 : 90;
            data[i] = (byte) Math.max(0, Math.min(255, base + random.nextInt(2 * noise + 1) - noise));
        }
        return new Sample(id(index), Raster.of(side, side, 3, data), label(index));
    }

    @Override
    public Optional<Size> imageSize() {
        return Optional.of(new Size(side, side));
    }
}
