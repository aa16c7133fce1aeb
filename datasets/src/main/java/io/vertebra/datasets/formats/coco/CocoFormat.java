package io.vertebra.datasets.formats.coco;

import io.vertebra.datasets.AnnotatedDataset;
import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.Check;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.DatasetFormat;
import io.vertebra.datasets.NumberedData;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.decode.ImageDecoder;
import io.vertebra.datasets.formats.Paths;
import io.vertebra.images.Raster;
import io.vertebra.images.Size;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** COCO: one JSON file for all pictures, and a folder with them. */
public final class CocoFormat implements DatasetFormat<CocoFormat.Config> {

    /**
     * The keys of {@code format: coco}.
     *
     * @param path the annotation file, such as {@code annotations/instances_train2017.json}; with {@code annotations} the
     *     folder of the pictures
     * @param images the folder of the pictures; if left out, {@code images} beside the file, or {@code ../train2017} for
     *     {@code annotations/instances_train2017.json}, or the file's own folder
     * @param annotations the annotation file, where {@code path} is the folder of the pictures
     */
    public record Config(String path, String images, String annotations) {
        public Config {
            Paths.check(path);
            if (images != null) {
                Paths.parse("images", images);
            }
            if (annotations != null) {
                Paths.parse("annotations", annotations);
                Check.that(images == null, "annotations", "stands beside images; path is the folder then");
            }
        }

        /** An annotation file, and the folder of its pictures unless that is null. */
        public Config(String path, String images) {
            this(path, images, null);
        }
    }

    @Override
    public Class<Config> config() {
        return Config.class;
    }

    @Override
    public List<String> classNames(Config config) {
        return read(config).classNames();
    }

    @Override
    public Dataset open(Config config) {
        return new Opened(read(config), folder(config), new ImageDecoder());
    }

    private static CocoFile read(Config config) {
        return CocoFile.read(
                config.annotations() == null
                        ? Paths.existing(config.path())
                        : Paths.existing("annotations", config.annotations()));
    }

    private static Path folder(Config config) {
        if (config.annotations() != null) {
            return folder("path", config.path());
        }
        if (config.images() != null) {
            return folder("images", config.images());
        }
        Path file = Paths.parse("path", config.path()).toAbsolutePath();
        Path beside = file.resolveSibling("images");
        String name =
                file.getFileName().toString().replaceFirst("^instances_", "").replaceFirst("\\.json$", "");
        Path split = file.getParent().resolveSibling(name);
        return Files.isDirectory(beside) ? beside : Files.isDirectory(split) ? split : file.getParent();
    }

    private static Path folder(String key, String given) {
        Path folder = Paths.parse(key, given);
        Check.that(Files.isDirectory(folder), key, "%s is not a folder", given);
        return folder;
    }

    private record Opened(CocoFile file, Path folder, ImageDecoder decoder) implements AnnotatedDataset, NumberedData {

        @Override
        public int size() {
            return file.images().size();
        }

        @Override
        public List<String> classNames() {
            return file.classNames();
        }

        @Override
        public List<Long> categoryIds() {
            return file.categoryIds();
        }

        @Override
        public long imageId(int index) {
            return file.images().get(index).id();
        }

        @Override
        public String id(int index) {
            return file.images().get(index).fileName();
        }

        @Override
        public Optional<Size> size(int index) {
            return Optional.of(file.images().get(index).size());
        }

        @Override
        public Annotations annotations(int index) {
            return Annotations.of(file.objects(index));
        }

        @Override
        public Sample load(int index) {
            Path picture = folder.resolve(id(index));
            Raster image = decoder.read(picture);
            Size said = file.images().get(index).size();
            if (!image.size().equals(said)) {
                throw new DatasetException(
                        picture.toString(),
                        "is %dx%d, but %s says %dx%d"
                                .formatted(
                                        image.width(),
                                        image.height(),
                                        file.file().getFileName(),
                                        said.width(),
                                        said.height()));
            }
            return new Sample(id(index), image, 0, annotations(index));
        }
    }
}
