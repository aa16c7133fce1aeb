package io.vertebra.datasets.formats.segmentation;

import io.vertebra.datasets.DatasetException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Text files that list the samples of a split, a line each. */
final class ListFile {

    private static final String MARK = "\uFEFF";
    private static final long LARGEST = 1L << 28;

    private ListFile() {}

    /** A line with something in it, which knows where it stands. */
    record Line(Path file, int number, String text) {

        DatasetException wrong(String reason) {
            return new DatasetException(file.toString(), "line " + number, reason, null);
        }

        /** A path that the line names, which must not lead out of a folder. */
        Path inside(Path folder, String name) {
            try {
                Path root = folder.normalize();
                Path path = root.resolve(name).normalize();
                if (!path.startsWith(root)) {
                    throw wrong("names " + name + ", which lies outside " + folder);
                }
                return path;
            } catch (InvalidPathException e) {
                throw wrong("holds an invalid path: " + e.getReason());
            }
        }
    }

    /** The lines that are not blank; a byte order mark is no part of them. */
    static List<Line> read(Path file) {
        String[] texts = text(file).split("\r?\n", -1);
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < texts.length; i++) {
            if (!texts[i].isBlank()) {
                lines.add(new Line(file, i + 1, texts[i].strip()));
            }
        }
        if (lines.isEmpty()) {
            throw new DatasetException(file.toString(), "lists nothing");
        }
        return lines;
    }

    private static String text(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DatasetException(file.toString(), Files.exists(file) ? "is not a plain file" : "does not exist");
        }
        try {
            if (Files.size(file) > LARGEST) {
                throw new DatasetException(file.toString(), "is too large for a list");
            }
            String text = Files.readString(file, StandardCharsets.UTF_8);
            return text.startsWith(MARK) ? text.substring(1) : text;
        } catch (IOException e) {
            throw new DatasetException(file.toString(), "", "cannot be read as UTF-8 text", e);
        }
    }
}
