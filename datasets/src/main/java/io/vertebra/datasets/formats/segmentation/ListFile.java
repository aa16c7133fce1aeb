package io.vertebra.datasets.formats.segmentation;

import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.formats.TextFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Text files that list the samples of a split, a line each. */
final class ListFile {

    private static final long LARGEST = 1L << 28;

    private ListFile() {}

    /** A line with something in it, which knows where it stands. */
    record Line(Path file, int number, String text) {

        DatasetException wrong(String reason) {
            return new DatasetException(file.toString(), "line " + number, reason, null);
        }

        /** A path that the line names, which must not lead out of a folder. */
        Path inside(Path folder, String name) {
            if (!TextFile.staysInside(name)) {
                throw wrong("names " + name + ", which lies outside " + folder);
            }
            return folder.resolve(name);
        }
    }

    /** The lines that are not blank. */
    static List<Line> read(Path file) {
        List<String> texts = TextFile.lines(file, LARGEST);
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            if (!texts.get(i).isEmpty()) {
                lines.add(new Line(file, i + 1, texts.get(i)));
            }
        }
        if (lines.isEmpty()) {
            throw new DatasetException(file.toString(), "lists nothing");
        }
        return lines;
    }
}
