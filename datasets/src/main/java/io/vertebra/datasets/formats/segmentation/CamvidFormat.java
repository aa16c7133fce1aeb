package io.vertebra.datasets.formats.segmentation;

import io.vertebra.datasets.Check;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetFormat;
import io.vertebra.datasets.Palette;
import io.vertebra.datasets.formats.Paths;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * CamVid as prepared for SegNet: 11 classes of road scenes, 11 stands for void.
 *
 * <p>A split is a list, {@code train.txt}, with a picture and its label map a line; the paths of SegNet's own lists, which begin with
 * {@code /SegNet/CamVid/}, are taken below the folder of the data. Brostow et al. 2008; Badrinarayanan et al. 2015, arXiv:1511.00561.
 */
public final class CamvidFormat implements DatasetFormat<CamvidFormat.Config> {

    private static final String SEGNET = "/SegNet/CamVid/";
    private static final int VOID = 11;
    private static final List<String> NAMES = List.of(
            "Sky",
            "Building",
            "Pole",
            "Road",
            "Pavement",
            "Tree",
            "SignSymbol",
            "Fence",
            "Car",
            "Pedestrian",
            "Bicyclist");
    private static final Palette PALETTE = new Palette(List.of(
            0x808080, 0x800000, 0xC0C080, 0x804080, 0x3C28DE, 0x808000, 0xC08080, 0x404080, 0x400080, 0x404000,
            0x0080C0));

    /**
     * The keys of {@code format: camvid}.
     *
     * @param path the folder that holds the lists
     * @param split which list
     */
    public record Config(String path, Split split) {
        public Config {
            Paths.check(path);
            Check.that(split != null, "split", "is missing; give train, val or test");
        }
    }

    /** The lists of CamVid. */
    public enum Split {
        /** What is trained on. */
        TRAIN,
        /** What is validated on. */
        VAL,
        /** What is reported in papers. */
        TEST
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
        Path list = root.resolve(config.split().name().toLowerCase(Locale.ROOT) + ".txt");
        return new PairDataset(
                SegmentationPairs.listed(list, root, SEGNET),
                NAMES,
                PALETTE,
                new LabelCoding(NAMES.size(), VOID, false));
    }
}
