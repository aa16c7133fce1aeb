package io.vertebra.datasets.formats.segmentation;

import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.decode.Finding;
import io.vertebra.datasets.decode.ImageCheck;
import io.vertebra.datasets.decode.ImageFiles;
import io.vertebra.datasets.decode.LabelDecoder;
import io.vertebra.datasets.lint.FindingList;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Size;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Lint of a folder with {@code images} and {@code labels}: decodes every pair and lists what is wrong, whatever is in it.
 *
 * <p>Finds pictures without label maps and the other way round, sizes that differ, files that are no label maps, numbers without a class, maps
 * without any answer, and numbers that look one too high or one too low.
 */
public final class SegmentationCheck {

    /** From so many maps on, a first class that never occurs is no chance. */
    private static final int MANY_MAPS = 20;

    private final Path root;
    private final List<String> classes;
    private final boolean reduceZero;
    private final LabelDecoder decoder = new LabelDecoder();
    private final FindingList findings = new FindingList();
    private final BitSet seen = new BitSet(256);
    private String firstMap;
    private int images;
    private int maps;

    private SegmentationCheck(Path root, List<String> classes, boolean reduceZero) {
        this.root = root;
        this.classes = List.copyOf(classes);
        this.reduceZero = reduceZero;
    }

    /**
     * Checks a folder.
     *
     * @param classes the names of the numbers in label maps; empty if they are not known, then any number will do
     * @param reduceZero whether 0 stands for pixels without an answer, and the first class is stored as 1
     */
    public static ImageCheck.Report folder(Path root, List<String> classes, boolean reduceZero) {
        SegmentationCheck check = new SegmentationCheck(root, classes, reduceZero);
        check.findings.guarded(root.toString(), check::all);
        return new ImageCheck.Report(check.images, check.findings.findings());
    }

    private void all() {
        Map<String, Path> pictures = files("images");
        Map<String, Path> labels = files("labels");
        if (pictures.isEmpty() && labels.isEmpty()) {
            throw new DatasetException(root.toString(), "holds no picture and no label map");
        }
        pictures.forEach((stem, picture) -> {
            images++;
            findings.guarded(picture.toString(), () -> pair(picture, labels.get(stem)));
        });
        labels.forEach((stem, label) -> {
            if (!pictures.containsKey(stem)) {
                findings.in(label.toString()).warning("", "belongs to no picture in " + root.resolve("images"));
            }
        });
        together();
    }

    /** The files in a folder by their path below it without the suffix. */
    private Map<String, Path> files(String name) {
        Path folder = root.resolve(name);
        if (!Files.isDirectory(folder)) {
            throw new DatasetException(
                    root.toString(),
                    "has no folder " + name + "; wanted are images and labels, with files of the same names");
        }
        Map<String, Path> files = new LinkedHashMap<>();
        for (Path file : ImageFiles.list(folder)) {
            String path = folder.relativize(file).toString();
            Path other = files.putIfAbsent(SegmentationPairs.stem(path, SegmentationPairs.ANY_PICTURE), file);
            if (other != null) {
                findings.in(file.toString()).error("", "has the same name as " + other.getFileName() + " beside it");
            }
        }
        return files;
    }

    private void pair(Path picture, Path label) {
        List<Finding> notes = new ArrayList<>();
        List<Size> size = new ArrayList<>(); // of the picture, if it can be had
        findings.guarded(
                picture.toString(),
                () -> size.add(ImageCheck.picture(picture, notes).size()));
        notes.forEach(note -> findings.in(note.file()).warning(note.position(), note.reason()));
        if (label == null) {
            throw new DatasetException(picture.toString(), "has no label map in " + root.resolve("labels"));
        }
        LabelMap map = size.isEmpty() ? decoder.read(label) : decoder.read(label, size.get(0));
        maps++;
        firstMap = firstMap == null ? label.toString() : firstMap;
        BitSet values = values(map);
        seen.or(values);
        if (!classes.isEmpty()) {
            range(label.toString(), map, values);
        }
        if (values.cardinality() == 1 && isIgnored(values.nextSetBit(0))) {
            findings.in(label.toString())
                    .warning("", "has no pixel with an answer: all are " + values.nextSetBit(0) + ", which is ignored");
        }
    }

    private boolean isIgnored(int value) {
        return value == LabelMap.IGNORE || (reduceZero && value == 0);
    }

    private static BitSet values(LabelMap map) {
        BitSet values = new BitSet(256);
        for (byte value : map.data()) {
            values.set(value & 0xFF);
        }
        return values;
    }

    private void range(String file, LabelMap map, BitSet values) {
        LabelCoding coding = new LabelCoding(classes.size(), LabelMap.IGNORE, reduceZero);
        List<Integer> wrong = values.stream()
                .filter(value -> coding.decode(value) < 0)
                .boxed()
                .toList();
        if (wrong.isEmpty()) {
            return;
        }
        boolean isOneTooHigh = !reduceZero && wrong.equals(List.of(classes.size()));
        try {
            coding.decode(file, map);
        } catch (DatasetException first) {
            String numbers = wrong.stream().limit(8).map(String::valueOf).collect(Collectors.joining(", "));
            String all = wrong.size() == 1 ? "" : "; the wrong ones are " + numbers + (wrong.size() > 8 ? ", ..." : "");
            String hint = isOneTooHigh
                    ? "; if " + classes.size()
                            + " stands for no class, ignore_index is wanted; if 0 does, reduce_zero_label is"
                    : "";
            findings.in(file).error(first.position(), first.reason() + all + hint);
        }
    }

    /** What only the numbers of all maps together tell. */
    private void together() {
        int count = classes.size();
        boolean hasZero = seen.get(0);
        boolean hasIgnored = seen.get(LabelMap.IGNORE);
        if (seen.cardinality() == 2 && hasZero && hasIgnored) {
            warning("0 and 255 are the only labels in all maps, and 255 is ignored: only one class is left;"
                    + " a mask of two classes wants 0 and 1");
        } else if (reduceZero && count > 0 && hasZero && hasIgnored && !seen.get(count)) {
            warning("the labels look shifted by one: 255 occurs beside 0 and " + count
                    + " never does; if zero was reduced in the files already, reduce_zero_label does it twice");
        } else if (!reduceZero && count > 1 && !hasZero && !seen.get(count) && maps >= MANY_MAPS) {
            warning("the labels look shifted by one: 0 (" + classes.get(0) + ") occurs in none of " + maps + " maps");
        }
    }

    private void warning(String reason) {
        findings.in(firstMap).warning("", reason);
    }
}
