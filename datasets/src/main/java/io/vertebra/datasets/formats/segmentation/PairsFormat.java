package io.vertebra.datasets.formats.segmentation;

import io.vertebra.datasets.Check;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetFormat;
import io.vertebra.datasets.Palette;
import io.vertebra.datasets.formats.Paths;
import io.vertebra.datasets.formats.segmentation.SegmentationPairs.Pair;
import io.vertebra.images.LabelMap;
import java.nio.file.Path;
import java.util.List;

/** Pictures in one folder and label maps of the same names in another, or pairs that a list names. */
public final class PairsFormat implements DatasetFormat<PairsFormat.Config> {

    /**
     * The keys of {@code format: pairs}.
     *
     * @param path the folder that all other paths are relative to
     * @param images the folder of the pictures, {@code images} if left out
     * @param labels the folder of the label maps, {@code labels} if left out
     * @param imageSuffix what the names of pictures end in, such as {@code _leftImg8bit.png}; any picture if left out
     * @param labelSuffix what replaces it in the names of label maps, {@code .png} if left out
     * @param list a text file with a name a line, without suffix and below {@code images}, or with the paths of a picture and its label map;
     *     all pictures in {@code images} if left out
     * @param classes the names of the numbers in the label maps, from 0 on, or from 1 on with {@code reduce_zero_label}
     * @param ignoreIndex the number of pixels without an answer, beside 255, after zero was reduced; 255 if left out
     * @param reduceZeroLabel whether 0 stands for pixels without an answer and classes are stored from 1 on; false if left out
     */
    public record Config(
            String path,
            String images,
            String labels,
            String imageSuffix,
            String labelSuffix,
            String list,
            List<String> classes,
            Integer ignoreIndex,
            Boolean reduceZeroLabel) {
        public Config {
            Paths.check(path);
            images = Check.or(images, "images");
            labels = Check.or(labels, "labels");
            imageSuffix = Check.or(imageSuffix, SegmentationPairs.ANY_PICTURE);
            labelSuffix = Check.or(labelSuffix, ".png");
            list = Check.or(list, "");
            Check.that(classes != null, "classes", "is missing; give the names of the label values in order");
            classes = List.copyOf(classes);
            ignoreIndex = Check.or(ignoreIndex, LabelMap.IGNORE);
            reduceZeroLabel = Check.or(reduceZeroLabel, false);
            Check.that(
                    !classes.isEmpty() && classes.size() <= 255,
                    "classes",
                    "must have 1 to 255 names, has %d",
                    classes.size());
            Check.distinct("classes", classes);
            Check.that(
                    ignoreIndex >= 0 && ignoreIndex <= 255, "ignore_index", "must lie in [0, 255], is %d", ignoreIndex);
            Paths.parse("images", images);
            Paths.parse("labels", labels);
            Paths.parse("list", list);
        }

        /** A folder with {@code images} and {@code labels}. */
        public Config(String path, List<String> classes) {
            this(path, null, null, null, null, null, classes, null, null);
        }
    }

    @Override
    public Class<Config> config() {
        return Config.class;
    }

    @Override
    public List<String> classNames(Config config) {
        return config.classes();
    }

    @Override
    public Dataset open(Config config) {
        return new PairDataset(
                pairs(config),
                config.classes(),
                Palette.STANDARD,
                new LabelCoding(config.classes().size(), config.ignoreIndex(), config.reduceZeroLabel()));
    }

    private static List<Pair> pairs(Config config) {
        Path root = Paths.existing(config.path());
        Path images = root.resolve(config.images());
        Path labels = root.resolve(config.labels());
        return config.list().isEmpty()
                ? SegmentationPairs.folders(images, config.imageSuffix(), labels, config.labelSuffix())
                : SegmentationPairs.listed(
                        root.resolve(config.list()), root, images, config.imageSuffix(), labels, config.labelSuffix());
    }
}
