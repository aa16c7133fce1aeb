package io.vertebra.datasets.formats.segmentation;

import io.vertebra.datasets.Check;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetFormat;
import io.vertebra.datasets.Palette;
import io.vertebra.datasets.formats.Paths;
import io.vertebra.images.LabelMap;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * ADE20K as prepared for the scene parsing challenge: 150 classes, stored from 1 on; 0 stands for anything else and is ignored.
 *
 * <p>Pictures in {@code images/training} and {@code images/validation}, label maps of the same name in {@code annotations/...}. A class is
 * called by the first of its names in the challenge's table. Zhou et al. 2017, "Scene parsing through ADE20K dataset".
 */
public final class Ade20kFormat implements DatasetFormat<Ade20kFormat.Config> {

    private static final String TABLE = "ade20k.tsv"; // name, red, green, blue
    private static final List<String[]> CLASSES = table();
    private static final List<String> NAMES =
            CLASSES.stream().map(columns -> columns[0]).toList();
    private static final Palette PALETTE =
            new Palette(CLASSES.stream().map(Ade20kFormat::colour).toList());

    /**
     * The keys of {@code format: ade20k}.
     *
     * @param path the folder that holds {@code images} and {@code annotations}
     * @param split which part
     */
    public record Config(String path, Split split) {
        public Config {
            Paths.check(path);
            Check.that(split != null, "split", "is missing; give training or validation");
        }
    }

    /** The parts of ADE20K, as their folders are called. */
    public enum Split {
        /** What is trained on. */
        TRAINING,
        /** What is validated on. */
        VALIDATION
    }

    @Override
    public Class<Config> config() {
        return Config.class;
    }

    @Override
    public List<String> classNames(Config config) {
        return NAMES;
    }

    @Override
    public Dataset open(Config config) {
        Path root = Paths.existing(config.path());
        String part = config.split().name().toLowerCase(Locale.ROOT);
        return new PairDataset(
                SegmentationPairs.folders(
                        root.resolve("images").resolve(part),
                        SegmentationPairs.ANY_PICTURE,
                        root.resolve("annotations").resolve(part),
                        ".png"),
                NAMES,
                PALETTE,
                new LabelCoding(NAMES.size(), LabelMap.IGNORE, true));
    }

    private static List<String[]> table() {
        try (InputStream stream = Ade20kFormat.class.getResourceAsStream(TABLE)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split("\t"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int colour(String... columns) {
        return Integer.parseInt(columns[1]) << 16 | Integer.parseInt(columns[2]) << 8 | Integer.parseInt(columns[3]);
    }
}
