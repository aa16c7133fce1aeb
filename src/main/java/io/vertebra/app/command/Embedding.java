package io.vertebra.app.command;

import io.vertebra.backbones.embed.FeatureExtractor;
import io.vertebra.backbones.embed.Features;
import io.vertebra.backbones.embed.Picture;
import io.vertebra.datasets.DatasetException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The vectors of picture files; remembers those that cannot be read. For one thread. */
final class Embedding {
    private final FeatureExtractor extractor;
    private final PictureReader reader;
    private final Map<Path, String> unreadable = new LinkedHashMap<>();
    private int length;

    /** The vector of a file. */
    @SuppressWarnings("ArrayRecordComponent") // handed on at once, compared by no one
    record Vector(Path file, float[] values) {}

    Embedding(FeatureExtractor extractor, PictureReader reader) {
        this.extractor = extractor;
        this.reader = reader;
    }

    /** Whether two names are of one file. */
    static boolean isSame(Path a, Path b) {
        try {
            return Files.isSameFile(a, b);
        } catch (IOException e) {
            throw new UncheckedIOException(a + ": cannot be compared with " + b, e);
        }
    }

    /** The vector of a file that must be a picture. */
    float[] of(Path file) {
        return extractor.embed(reader.read(file));
    }

    /** The vectors of files that are pictures, in their order. */
    List<Vector> of(List<Path> files) {
        List<Path> read = new ArrayList<>();
        List<Picture> pictures = new ArrayList<>();
        for (Path file : files) {
            try {
                if (file.toString().lines().count() > 1) {
                    throw new DatasetException(
                            file.toString(), "has a line break in its name, as no list of names can");
                }
                pictures.add(reader.read(file));
                read.add(file);
            } catch (DatasetException e) {
                unreadable.put(file, e.reason());
            }
        }
        List<Features> features = extractor.extract(pictures);
        List<Vector> vectors = new ArrayList<>();
        for (int i = 0; i < read.size(); i++) {
            float[] values = features.get(i).embedding();
            length = values.length;
            vectors.add(new Vector(read.get(i), values));
        }
        return vectors;
    }

    /** Values of a vector; 0 before the first. */
    int length() {
        return length;
    }

    /** Files that are no pictures, and why. */
    Map<Path, String> unreadable() {
        return Collections.unmodifiableMap(unreadable);
    }
}
