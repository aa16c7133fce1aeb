package io.vertebra.datasets.formats;

import io.vertebra.datasets.Check;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.DatasetFormat;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.decode.ImageDecoder;
import io.vertebra.datasets.decode.ImageFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One folder a class, its pictures anywhere below; classes are the folders' names in alphabetical order. */
public final class FolderFormat implements DatasetFormat<FolderFormat.Config> {

    /**
     * The keys of {@code format: folder}.
     *
     * @param path the folder that holds the class folders
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
        return classFolders(config).stream()
                .map(folder -> folder.getFileName().toString())
                .toList();
    }

    @Override
    public Dataset open(Config config) {
        Path root = Paths.existing(config.path());
        List<String> classNames = new ArrayList<>();
        List<Entry> entries = new ArrayList<>();
        for (Path folder : classFolders(config)) {
            List<Path> files = ImageFiles.list(folder);
            if (files.isEmpty()) {
                throw new DatasetException(
                        folder.toString(), "holds no picture (" + String.join(", ", ImageFiles.EXTENSIONS) + ")");
            }
            for (Path file : files) {
                entries.add(new Entry(root.relativize(file).toString().replace('\\', '/'), file, classNames.size()));
            }
            classNames.add(folder.getFileName().toString());
        }
        return new Folder(classNames, entries, new ImageDecoder());
    }

    private static List<Path> classFolders(Config config) {
        Path root = Paths.existing(config.path());
        Check.that(Files.isDirectory(root), "path", "%s is not a folder", config.path());
        List<Path> folders = ImageFiles.folders(root);
        if (folders.isEmpty()) {
            throw new DatasetException(config.path(), "has no folder in it; format folder wants one folder a class");
        }
        return folders;
    }

    private record Entry(String id, Path file, int label) {}

    private record Folder(List<String> classNames, List<Entry> entries, ImageDecoder decoder) implements Dataset {

        private Folder {
            classNames = List.copyOf(classNames);
            entries = List.copyOf(entries);
        }

        @Override
        public int size() {
            return entries.size();
        }

        @Override
        public int label(int index) {
            return entries.get(index).label();
        }

        @Override
        public String id(int index) {
            return entries.get(index).id();
        }

        @Override
        public Sample load(int index) {
            Entry entry = entries.get(index);
            return new Sample(entry.id(), decoder.read(entry.file()), entry.label());
        }
    }
}
