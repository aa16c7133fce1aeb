package io.vertebra.datasets.formats;

import io.vertebra.datasets.Check;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.DatasetFormat;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Raster;
import io.vertebra.images.Size;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The binary form of CIFAR-10: records of a label byte and three planes of 32 × 32 bytes.
 *
 * <p>A file, or a folder whose {@code data_batch_*.bin} files are read in the order of their names. All records stay in memory, 3 kB each.
 * Krizhevsky 2009, "Learning multiple layers of features from tiny images".
 */
public final class Cifar10Format implements DatasetFormat<Cifar10Format.Config> {

    private static final int SIDE = 32;
    private static final int PLANE = SIDE * SIDE;
    private static final int RECORD = 1 + 3 * PLANE;
    private static final String NAMES_FILE = "batches.meta.txt";
    private static final List<String> NAMES =
            List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

    /**
     * The keys of {@code format: cifar10}.
     *
     * @param path a batch file, or the folder of the training batches
     */
    public record Config(String path) {
        public Config {
            Paths.check(path);
        }
    }

    @Override
    public Class<Config> config() {
        return Config.class;
    }

    @Override
    public List<String> classNames(Config config) {
        Path folder = files(config).get(0).toAbsolutePath().getParent();
        Path names = folder.resolve(NAMES_FILE);
        if (!Files.isRegularFile(names)) {
            return NAMES;
        }
        List<String> found = new String(bytes(names), StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        if (found.size() != NAMES.size()) {
            throw new DatasetException(names.toString(), "has " + found.size() + " names, CIFAR-10 has 10 classes");
        }
        return found;
    }

    @Override
    public Dataset open(Config config) {
        List<Part> parts = new ArrayList<>();
        int size = 0;
        for (Path file : files(config)) {
            Part part = Part.read(file, size);
            parts.add(part);
            size += part.data.length / RECORD;
        }
        return new Records(classNames(config), parts, size);
    }

    private static List<Path> files(Config config) {
        Path path = Paths.existing(config.path());
        if (!Files.isDirectory(path)) {
            Check.that(Files.isRegularFile(path), "path", "%s is not a plain file", config.path());
            return List.of(path);
        }
        try (Stream<Path> found = Files.list(path)) {
            List<Path> batches = found.filter(
                            file -> file.getFileName().toString().matches("data_batch_\\d+\\.bin"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
            Check.that(
                    !batches.isEmpty(),
                    "path",
                    "%s is a directory without CIFAR-10 batches (data_batch_*.bin)",
                    config.path());
            return batches;
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": cannot be listed", e);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read", e);
        }
    }

    /** The records of one file; {@code first} is the number of its first one among all. */
    private static final class Part {

        private final Path file;
        private final int first;
        private final byte[] data;

        private Part(Path file, int first, byte[] data) {
            this.file = file;
            this.first = first;
            this.data = data;
        }

        static Part read(Path file, int first) {
            byte[] data = bytes(file);
            if (data.length == 0 || data.length % RECORD != 0) {
                throw new DatasetException(
                        file.toString(),
                        "has " + data.length + " bytes, not a multiple of " + RECORD + "; is it a CIFAR-10 batch?");
            }
            for (int i = 0; i < data.length / RECORD; i++) {
                int label = data[i * RECORD] & 0xFF;
                if (label >= NAMES.size()) {
                    throw new DatasetException(
                            file.toString(), "record " + i, "label " + label + " is not in 0..9", null);
                }
            }
            return new Part(file, first, data);
        }
    }

    private record Records(List<String> classNames, List<Part> parts, int size) implements Dataset {

        private Records {
            parts = List.copyOf(parts);
        }

        private Part part(int index) {
            for (int i = parts.size() - 1; i > 0; i--) {
                if (index >= parts.get(i).first) {
                    return parts.get(i);
                }
            }
            return parts.get(0);
        }

        @Override
        public int label(int index) {
            Part part = part(index);
            return part.data[(index - part.first) * RECORD];
        }

        @Override
        public String id(int index) {
            Part part = part(index);
            return part.file.getFileName() + "#" + (index - part.first);
        }

        @Override
        public Sample load(int index) {
            Part part = part(index);
            byte[] data = part.data;
            int from = (index - part.first) * RECORD + 1;
            byte[] pixels = new byte[3 * PLANE];
            for (int i = 0; i < PLANE; i++) {
                pixels[3 * i] = data[from + i];
                pixels[3 * i + 1] = data[from + PLANE + i];
                pixels[3 * i + 2] = data[from + 2 * PLANE + i];
            }
            return new Sample(id(index), Raster.of(SIDE, SIDE, 3, pixels), label(index));
        }

        @Override
        public Optional<Size> imageSize() {
            return Optional.of(new Size(SIDE, SIDE));
        }
    }
}
