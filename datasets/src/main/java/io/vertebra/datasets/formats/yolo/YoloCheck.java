package io.vertebra.datasets.formats.yolo;

import io.vertebra.datasets.decode.ImageCheck;
import io.vertebra.datasets.decode.ImageDecoder;
import io.vertebra.datasets.lint.BoxLint;
import io.vertebra.datasets.lint.Faults;
import io.vertebra.datasets.lint.FindingList;
import io.vertebra.images.Size;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Lint of YOLO's text files, and of the pictures that belong to them. */
public final class YoloCheck {

    private static final String NAMES = "classes.txt"; // some tools keep it among the labels

    private final int classes;
    private final FindingList findings = new FindingList();
    private int images;

    private YoloCheck(int classes) {
        this.classes = classes;
    }

    /**
     * Checks one text file by itself, or a folder with {@code images} and {@code labels}.
     *
     * @param classes the names in label order; if empty, those that the folder itself names, and any number where it names none
     */
    public static ImageCheck.Report check(Path path, List<String> classes) {
        FindingList early = new FindingList();
        int[] count = {classes.size()};
        if (classes.isEmpty() && Files.isDirectory(path)) {
            early.guarded(path.toString(), () -> count[0] = YoloNames.in(path).size());
        }
        YoloCheck check = new YoloCheck(count[0]);
        check.findings.guarded(path.toString(), () -> check.any(path));
        return new ImageCheck.Report(
                check.images,
                Stream.concat(early.findings().stream(), check.findings.findings().stream())
                        .toList());
    }

    private void any(Path path) {
        if (!Files.isDirectory(path)) {
            images++;
            label(path);
            return;
        }
        YoloFolder folder = new YoloFolder(path);
        Set<Path> used = new HashSet<>();
        int without = 0;
        for (Path picture : folder.pictures("")) {
            images++;
            findings.guarded(picture.toString(), () -> new ImageDecoder().read(picture));
            Path label = folder.label(picture);
            used.add(label);
            if (Files.exists(label)) {
                label(label);
            } else {
                without++;
            }
        }
        if (without > 0) {
            findings.in(path.toString())
                    .warning(
                            "",
                            "%d of %d pictures have no text file: they count as without objects"
                                    .formatted(without, images));
        }
        orphans(path.resolve("labels"), used);
    }

    private void label(Path file) {
        findings.guarded(file.toString(), () -> {
            Faults faults = findings.in(file.toString());
            YoloFile read = YoloFile.read(file, classes, faults);
            BoxLint.nearDuplicates(
                    read.instances(new Size(1, 1)), "line", faults); // overlaps do not depend on the size
        });
    }

    private void orphans(Path folder, Set<Path> used) {
        if (!Files.isDirectory(folder)) {
            findings.in(folder.toString()).error("", "does not exist");
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(file -> file.toString().endsWith(".txt") && !file.endsWith(NAMES) && !used.contains(file))
                    .sorted()
                    .forEach(file -> findings.in(file.toString()).warning("", "there is no picture of this name"));
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": cannot be listed", e);
        }
    }
}
