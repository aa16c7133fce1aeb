package io.vertebra.datasets.formats.voc;

import io.vertebra.datasets.AnnotatedDataset;
import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.Check;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.DatasetFormat;
import io.vertebra.datasets.Instance;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.decode.ImageDecoder;
import io.vertebra.datasets.decode.LabelDecoder;
import io.vertebra.datasets.formats.Paths;
import io.vertebra.datasets.formats.TextFile;
import io.vertebra.datasets.formats.segmentation.LabelCoding;
import io.vertebra.datasets.lint.Faults;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Raster;
import io.vertebra.images.Size;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Pascal VOC, and what labelling tools write like it: boxes from {@code Annotations}, label maps from {@code SegmentationClass}, pictures from
 * {@code JPEGImages}; what a set lacks, its samples lack.
 */
public final class VocFormat implements DatasetFormat<VocFormat.Config> {

    /** The classes of VOC 2007 to 2012, in the order of the numbers in its label maps from 1 on. */
    public static final List<String> NAMES = List.of(
            "aeroplane",
            "bicycle",
            "bird",
            "boat",
            "bottle",
            "bus",
            "car",
            "cat",
            "chair",
            "cow",
            "diningtable",
            "dog",
            "horse",
            "motorbike",
            "person",
            "pottedplant",
            "sheep",
            "sofa",
            "train",
            "tvmonitor");

    /**
     * The keys of {@code format: voc}.
     *
     * @param path the folder that holds {@code Annotations} and {@code JPEGImages}
     * @param set the list of the samples, such as {@code train} for {@code ImageSets/Main/train.txt}, or {@code Segmentation/val}; all if left out
     * @param classes names in label order; if left out, VOC's twenty where there are label maps, else those that occur in alphabetical order
     */
    public record Config(String path, String set, List<String> classes) {
        public Config {
            Paths.check(path);
            set = Check.or(set, "");
            Check.that(set.isEmpty() || TextFile.staysInside(set), "set", "%s is not the name of a list", set);
            classes = List.copyOf(Check.or(classes, List.of()));
            Check.distinct("classes", classes);
        }
    }

    @Override
    public Class<Config> config() {
        return Config.class;
    }

    @Override
    public List<String> classNames(Config config) {
        VocFolder folder = folder(config);
        return classNames(config, folder, read(config, folder));
    }

    @Override
    public Dataset open(Config config) {
        VocFolder folder = folder(config);
        Map<String, VocFile> files = read(config, folder);
        List<String> names = classNames(config, folder, files);
        List<String> ids = config.set().isEmpty() ? folder.all() : folder.listed(folder.list(config.set()));
        if (ids.isEmpty()) {
            throw new DatasetException(config.path(), "holds no annotation");
        }
        for (String id : ids) {
            if (!files.containsKey(id) && !Files.exists(folder.labelMap(id))) {
                throw new DatasetException(
                        folder.annotation(id).toString(),
                        "does not exist, though the set " + config.set() + " lists it");
            }
        }
        return new Opened(folder, ids, files, names, new ImageDecoder(), new LabelDecoder());
    }

    private static VocFolder folder(Config config) {
        VocFolder folder = new VocFolder(Paths.existing(config.path()));
        Check.that(
                folder.hasAnnotations() || folder.hasLabelMaps(),
                "path",
                "%s has neither a folder Annotations nor SegmentationClass in it",
                config.path());
        return folder;
    }

    /** All files, whichever set is wanted: the classes of a split are those of the whole. */
    private static Map<String, VocFile> read(Config config, VocFolder folder) {
        Map<String, VocFile> files = new LinkedHashMap<>();
        if (folder.hasAnnotations()) {
            for (String id : folder.all()) {
                Path file = folder.annotation(id);
                files.put(id, VocReader.read(file, config.classes(), Faults.throwing(file.toString())));
            }
        }
        return files;
    }

    private static List<String> classNames(Config config, VocFolder folder, Map<String, VocFile> files) {
        if (!config.classes().isEmpty()) {
            return config.classes();
        }
        List<String> found = VocFolder.names(files.values());
        if (!folder.hasLabelMaps()) {
            return found;
        }
        Check.that(
                NAMES.containsAll(found),
                "classes",
                "is missing; the numbers in SegmentationClass need names, and %s are not all VOC's",
                found);
        return NAMES;
    }

    private record Opened(
            VocFolder folder,
            List<String> ids,
            Map<String, VocFile> files,
            List<String> classNames,
            ImageDecoder decoder,
            LabelDecoder labels)
            implements AnnotatedDataset {

        @Override
        public int size() {
            return ids.size();
        }

        @Override
        public List<String> pixelClassNames() {
            return folder.hasLabelMaps()
                    ? Stream.concat(Stream.of("background"), classNames.stream())
                            .toList()
                    : List.of();
        }

        @Override
        public String id(int index) {
            return ids.get(index);
        }

        @Override
        public Optional<Size> size(int index) {
            return Optional.ofNullable(files.get(id(index))).flatMap(VocFile::size);
        }

        @Override
        public Annotations annotations(int index) {
            Optional<Size> said = size(index);
            return said.isPresent()
                    ? annotations(id(index), said.get())
                    : load(index).annotations();
        }

        @Override
        public Sample load(int index) {
            String id = id(index);
            Path picture = folder.picture(id);
            Raster image = decoder.read(picture);
            Size said = size(index).orElse(image.size());
            if (!said.equals(image.size())) {
                throw new DatasetException(
                        picture.toString(),
                        "is %dx%d, but its annotation says %dx%d"
                                .formatted(image.width(), image.height(), said.width(), said.height()));
            }
            return new Sample(id, image, 0, annotations(id, image.size()));
        }

        private Annotations annotations(String id, Size picture) {
            List<Instance> objects = new ArrayList<>();
            if (files.containsKey(id)) {
                objects = files.get(id).instances(classNames, picture);
            }
            Path map = folder.labelMap(id);
            return new Annotations(objects, Files.exists(map) ? Optional.of(labelMap(map, picture)) : Optional.empty());
        }

        private LabelMap labelMap(Path file, Size picture) {
            return LabelCoding.plain(classNames.size() + 1).decode(file.toString(), labels.read(file, picture));
        }
    }
}
