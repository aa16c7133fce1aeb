package io.vertebra.datasets.formats.yolo;

import io.vertebra.datasets.AnnotatedDataset;
import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.Check;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetFormat;
import io.vertebra.datasets.Instance;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.decode.ImageDecoder;
import io.vertebra.datasets.formats.Paths;
import io.vertebra.datasets.formats.TextFile;
import io.vertebra.datasets.lint.Faults;
import io.vertebra.images.Raster;
import io.vertebra.images.Size;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** YOLO's text files: pictures in {@code images}, objects in {@code labels}; a picture without a text file has no objects. */
public final class YoloFormat implements DatasetFormat<YoloFormat.Config> {

    /**
     * The keys of {@code format: yolo}.
     *
     * @param path the folder that holds {@code images} and {@code labels}
     * @param set the samples: a folder in both, such as {@code train}, or a list of pictures such as {@code train.txt}; all if left out
     * @param classes names in label order; those of {@code classes.txt} or {@code data.yaml} in {@code path} if left out
     */
    public record Config(String path, String set, List<String> classes) {
        public Config {
            Paths.check(path);
            set = Check.or(set, "");
            Check.that(set.isEmpty() || TextFile.staysInside(set), "set", "%s is no folder or list within path", set);
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
        Path root = Paths.existing(config.path());
        List<String> names = config.classes().isEmpty() ? YoloNames.in(root) : config.classes();
        Check.that(
                !names.isEmpty(),
                "classes",
                "is missing; %s has no classes.txt or data.yaml with their names",
                config.path());
        return names;
    }

    @Override
    public Dataset open(Config config) {
        List<String> names = classNames(config);
        Path root = Paths.existing(config.path());
        Check.that(Files.isDirectory(root.resolve("images")), "path", "%s has no folder images in it", config.path());
        YoloFolder folder = new YoloFolder(root);
        return new Opened(folder, folder.pictures(config.set()), names, new ImageDecoder());
    }

    private record Opened(YoloFolder folder, List<Path> pictures, List<String> classNames, ImageDecoder decoder)
            implements AnnotatedDataset {

        @Override
        public int size() {
            return pictures.size();
        }

        @Override
        public String id(int index) {
            return folder.images().relativize(pictures.get(index)).toString().replace('\\', '/');
        }

        @Override
        public Sample load(int index) {
            Raster image = decoder.read(pictures.get(index));
            return new Sample(id(index), image, 0, Annotations.of(objects(pictures.get(index), image.size())));
        }

        private List<Instance> objects(Path picture, Size size) {
            Path label = folder.label(picture);
            return Files.exists(label)
                    ? YoloFile.read(label, classNames.size(), Faults.throwing(label.toString()))
                            .instances(size)
                    : List.of();
        }
    }
}
