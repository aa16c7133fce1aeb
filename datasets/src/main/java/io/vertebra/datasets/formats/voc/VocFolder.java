package io.vertebra.datasets.formats.voc;

import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.decode.ImageFiles;
import io.vertebra.datasets.formats.TextFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A folder as VOC's development kits have it: {@code Annotations}, {@code JPEGImages}, {@code SegmentationClass}, {@code ImageSets}.
 *
 * @param root the folder, such as {@code VOCdevkit/VOC2012}
 */
public record VocFolder(Path root) {

    private static final long LARGEST_LIST = 64 << 20;

    /** The file of an id's objects. */
    public Path annotation(String id) {
        return root.resolve("Annotations").resolve(id + ".xml");
    }

    Path labelMap(String id) {
        return root.resolve("SegmentationClass").resolve(id + ".png");
    }

    boolean hasAnnotations() {
        return Files.isDirectory(root.resolve("Annotations"));
    }

    boolean hasLabelMaps() {
        return Files.isDirectory(root.resolve("SegmentationClass"));
    }

    /** The picture of an id, which is a JPEG as a rule. */
    Path picture(String id) {
        Path folder = root.resolve("JPEGImages");
        for (String extension : ImageFiles.EXTENSIONS) {
            Path picture = folder.resolve(id + "." + extension);
            if (Files.exists(picture)) {
                return picture;
            }
        }
        return folder.resolve(id + ".jpg"); // its absence is told when it is read
    }

    /** All ids that have an annotation; or a label map, where no picture has annotations. */
    List<String> all() {
        return hasAnnotations() ? stems("Annotations", ".xml") : stems("SegmentationClass", ".png");
    }

    private List<String> stems(String folder, String ending) {
        try (Stream<Path> files = Files.list(root.resolve(folder))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(ending) && !file.startsWith("."))
                    .map(file -> file.substring(0, file.length() - ending.length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": cannot be listed", e);
        }
    }

    /** The list of a set: {@code train} stands in {@code ImageSets/Main} or else in {@code ImageSets/Segmentation}, {@code Layout/val} in {@code ImageSets}. */
    public Path list(String set) {
        Path lists = root.resolve("ImageSets");
        if (set.contains("/")) {
            return lists.resolve(set + ".txt");
        }
        Path main = lists.resolve("Main").resolve(set + ".txt");
        Path segmentation = lists.resolve("Segmentation").resolve(set + ".txt");
        return !Files.exists(main) && Files.exists(segmentation) ? segmentation : main;
    }

    /** The ids of a list, the first word of each line. */
    public List<String> listed(Path list) {
        List<String> ids = new ArrayList<>();
        List<String> lines = TextFile.lines(list, LARGEST_LIST);
        for (int i = 0; i < lines.size(); i++) {
            String id = lines.get(i).split("\\s", 2)[0];
            if (!id.isEmpty()) {
                if (!TextFile.staysInside(id)) {
                    throw new DatasetException(
                            list.toString(), "line " + (i + 1), "'" + id + "' lies outside the folder", null);
                }
                ids.add(id);
            }
        }
        if (ids.isEmpty()) {
            throw new DatasetException(list.toString(), "lists nothing");
        }
        return ids;
    }

    /** The names of all classes that occur, in alphabetical order. */
    static List<String> names(Iterable<VocFile> files) {
        TreeSet<String> names = new TreeSet<>();
        files.forEach(file -> file.objects().forEach(object -> names.add(object.name())));
        return List.copyOf(names);
    }
}
