package io.vertebra.datasets.decode;

import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.decode.Finding.Severity;
import io.vertebra.images.Raster;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Lint of picture files: decodes each one and lists what is wrong, whatever is in it. */
public final class ImageCheck {

    private static final String MARK = "\uFEFF";

    private final List<Finding> findings = new ArrayList<>();
    private int images;

    private ImageCheck() {}

    /**
     * What a check found.
     *
     * @param images how many files were decoded or tried
     * @param findings in the order of the files
     */
    public record Report(int images, List<Finding> findings) {
        public Report {
            findings = List.copyOf(findings);
        }

        /** Whether anything cannot be used. */
        public boolean hasErrors() {
            return findings.stream().anyMatch(finding -> finding.severity() == Severity.ERROR);
        }
    }

    /**
     * Checks one picture, all pictures in a directory, or those that a {@code .txt} file lists: UTF-8, one path a line, relative to the list and
     * within its folder, blank lines ignored.
     */
    public static Report image(Path path) {
        ImageCheck check = new ImageCheck();
        check.guarded(path, () -> check.any(path));
        return check.report();
    }

    /** Checks a folder with one folder a class: every class has pictures, every picture decodes. */
    public static Report folder(Path path) {
        ImageCheck check = new ImageCheck();
        check.guarded(path, () -> check.classes(path));
        return check.report();
    }

    private Report report() {
        return new Report(images, findings);
    }

    private void any(Path path) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        if (Files.isDirectory(path)) {
            List<Path> files = ImageFiles.list(path);
            if (files.isEmpty()) {
                throw new DatasetException(path.toString(), "is a directory without pictures");
            }
            files.forEach(this::picture);
            leftOut(path);
        } else if (name.endsWith(".txt")) {
            list(path);
        } else {
            picture(path);
        }
    }

    private void classes(Path root) {
        if (!Files.isDirectory(root)) {
            throw new DatasetException(root.toString(), Files.exists(root) ? "is not a folder" : "does not exist");
        }
        List<Path> folders = ImageFiles.folders(root);
        if (folders.isEmpty()) {
            throw new DatasetException(root.toString(), "has no folder in it; format folder wants one folder a class");
        }
        for (Path folder : folders) {
            List<Path> files = ImageFiles.list(folder);
            if (files.isEmpty()) {
                findings.add(new Finding(Severity.ERROR, folder.toString(), "", "holds no picture"));
            }
            files.forEach(this::picture);
            leftOut(folder);
        }
    }

    /** Who has photos of a telephone would wonder where they are. */
    private void leftOut(Path folder) {
        Map<String, List<Path>> byEnding = new TreeMap<>();
        ImageFiles.unread(folder)
                .forEach(file -> byEnding.computeIfAbsent(ImageFiles.ending(file), e -> new ArrayList<>())
                        .add(file));
        byEnding.forEach((ending, files) -> findings.add(new Finding(
                Severity.WARNING,
                folder.toString(),
                "",
                files.size() + " of ." + ending + " left out, " + folder.relativize(files.get(0))
                        + " the first: this format is not read; save as jpg or png")));
    }

    private void list(Path file) {
        String text = new String(ImageFiles.read(file).data(), StandardCharsets.UTF_8);
        String[] lines = (text.startsWith(MARK) ? text.substring(1) : text).split("\r?\n", -1);
        Path folder = file.toAbsolutePath().normalize().getParent();
        int entries = 0;
        for (int i = 0; i < lines.length; i++) {
            if (!lines[i].isBlank()) {
                entries++;
                listed(file, folder, lines[i], "line " + (i + 1));
            }
        }
        if (entries == 0) {
            throw new DatasetException(file.toString(), "lists no picture");
        }
    }

    private void listed(Path list, Path folder, String line, String position) {
        try {
            Path image = folder.resolve(line).normalize();
            if (!image.startsWith(folder)) {
                throw new DatasetException(list.toString(), position, line + " lies outside the list's folder", null);
            }
            picture(image);
        } catch (InvalidPathException e) {
            findings.add(new Finding(Severity.ERROR, list.toString(), position, "invalid path: " + e.getReason()));
        } catch (DatasetException e) {
            findings.add(Finding.error(e));
        }
    }

    private void picture(Path file) {
        images++;
        guarded(file, () -> picture(file, findings));
    }

    /**
     * The picture in a file.
     *
     * @param findings gets what a user may want to know though it loads
     * @throws DatasetException if it is broken
     */
    public static Raster picture(Path file, List<Finding> findings) {
        Source source = ImageFiles.read(file);
        Inspected inspected = Signature.inspect(source);
        Raster picture = ImageDecoder.decode(source, inspected);
        for (String note : inspected.notes()) {
            findings.add(new Finding(Severity.WARNING, file.toString(), "", note));
        }
        return picture;
    }

    private void guarded(Path path, Runnable work) {
        try {
            work.run();
        } catch (DatasetException e) {
            findings.add(Finding.error(e));
        } catch (UncheckedIOException e) {
            findings.add(new Finding(Severity.ERROR, path.toString(), "", "cannot be read"));
        }
    }
}
