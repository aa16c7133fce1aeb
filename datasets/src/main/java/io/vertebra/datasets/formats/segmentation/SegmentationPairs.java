package io.vertebra.datasets.formats.segmentation;

import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.decode.ImageFiles;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds pictures and the label maps that belong to them, by their names or by lists; every file that is returned is there. */
public final class SegmentationPairs {

    /** Pictures of any known kind, whatever their names end in. */
    public static final String ANY_PICTURE = "";

    private SegmentationPairs() {}

    /**
     * A picture and its label map.
     *
     * @param id the path of the picture below its folder, without the suffix
     */
    public record Pair(String id, Path picture, Path label) {}

    /**
     * The pairs of two folders, looked through to the bottom: a label map has the picture's path with another suffix.
     *
     * @param pictureSuffix what the names of pictures end in, such as {@code _leftImg8bit.png}, or {@link #ANY_PICTURE}
     * @param labelSuffix what the names of label maps end in, such as {@code .png}
     * @throws DatasetException if a folder is missing or empty, or a picture has no label map
     */
    public static List<Pair> folders(Path pictures, String pictureSuffix, Path labels, String labelSuffix) {
        requireFolder(pictures);
        requireFolder(labels);
        List<Pair> pairs = new ArrayList<>();
        for (Path picture : list(pictures)) {
            String name = pictures.relativize(picture).toString().replace('\\', '/');
            if (name.endsWith(pictureSuffix)) {
                pairs.add(pair(stem(name, pictureSuffix), picture, labels, labelSuffix));
            }
        }
        if (pairs.isEmpty()) {
            throw new DatasetException(
                    pictures.toString(),
                    pictureSuffix.isEmpty()
                            ? "holds no picture (" + String.join(", ", ImageFiles.EXTENSIONS) + ")"
                            : "holds no picture whose name ends in " + pictureSuffix);
        }
        return pairs;
    }

    /**
     * The pairs that a list names: UTF-8, a line each, either the path of a picture below its folder without the suffix, or the paths of picture and
     * label map below {@code root}, with a tab or a space between.
     *
     * @param root no path may lead out of it
     * @throws DatasetException if a line is wrong or a file is missing
     */
    public static List<Pair> listed(
            Path list, Path root, Path pictures, String pictureSuffix, Path labels, String labelSuffix) {
        List<Pair> pairs = new ArrayList<>();
        for (ListFile.Line line : ListFile.read(list)) {
            String[] parts = line.text().split(line.text().contains("\t") ? "\t" : " ", -1);
            if (parts.length == 1) {
                Path picture = named(line, pictures, parts[0], pictureSuffix);
                pairs.add(pair(parts[0], picture, labels, labelSuffix));
            } else if (parts.length == 2) {
                pairs.add(pair(line, root, parts[0], parts[1]));
            } else {
                throw line.wrong("has " + parts.length + " parts; wanted are a name, or a picture and its label map");
            }
        }
        return pairs;
    }

    /** The pairs of a list with paths of pictures and label maps below {@code root} only, of which each may begin with {@code prefix}. */
    static List<Pair> listed(Path list, Path root, String prefix) {
        List<Pair> pairs = new ArrayList<>();
        for (ListFile.Line line : ListFile.read(list)) {
            String[] parts = line.text().split("[ \t]+", -1);
            if (parts.length != 2) {
                throw line.wrong("has %d parts; wanted are a picture and its label map".formatted(parts.length));
            }
            pairs.add(pair(line, root, without(prefix, parts[0]), without(prefix, parts[1])));
        }
        return pairs;
    }

    private static String without(String prefix, String path) {
        return path.startsWith(prefix) ? path.substring(prefix.length()) : path;
    }

    /** The picture of this name, with any known suffix if none is given. */
    private static Path named(ListFile.Line line, Path pictures, String name, String suffix) {
        List<String> suffixes = suffix.isEmpty()
                ? ImageFiles.EXTENSIONS.stream()
                        .map(extension -> "." + extension)
                        .toList()
                : List.of(suffix);
        for (String candidate : suffixes) {
            Path picture = line.inside(pictures, name + candidate);
            if (Files.isRegularFile(picture)) {
                return picture;
            }
        }
        throw line.wrong("names " + name + ", but there is no " + pictures.resolve(name) + suffixes.get(0));
    }

    private static Pair pair(ListFile.Line line, Path root, String picture, String label) {
        Path first = line.inside(root, picture);
        Path second = line.inside(root, label);
        for (Path file : List.of(first, second)) {
            if (!Files.isRegularFile(file)) {
                throw line.wrong("names " + file + ", which does not exist");
            }
        }
        return new Pair(stem(picture, ANY_PICTURE), first, second);
    }

    private static Pair pair(String id, Path picture, Path labels, String labelSuffix) {
        Path label = labels.resolve(id + labelSuffix);
        if (!Files.isRegularFile(label)) {
            throw new DatasetException(picture.toString(), "has no label map: " + label + " does not exist");
        }
        return new Pair(id, picture, label);
    }

    /** A name without its suffix; without any suffix for {@link #ANY_PICTURE}. */
    static String stem(String name, String suffix) {
        int dot = name.lastIndexOf('.');
        int end = suffix.isEmpty() ? (dot < 0 ? name.length() : dot) : name.length() - suffix.length();
        return name.substring(0, end);
    }

    private static void requireFolder(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new DatasetException(folder.toString(), Files.exists(folder) ? "is not a folder" : "does not exist");
        }
    }

    private static List<Path> list(Path folder) {
        try {
            return ImageFiles.list(folder);
        } catch (UncheckedIOException e) {
            throw new DatasetException(folder.toString(), "", "cannot be listed", e);
        }
    }
}
