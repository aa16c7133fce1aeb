package io.vertebra.datasets.formats;

import io.vertebra.datasets.DatasetException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Small text files of people and tools: UTF-8 with or without a byte order mark, any line ends, within a limit. */
public final class TextFile {

    private static final String MARK = "\uFEFF";

    private TextFile() {}

    /**
     * The bytes of a plain file.
     *
     * @throws DatasetException if it is missing, none or larger than that
     */
    public static byte[] bytes(Path file, long most) {
        String name = file.toString();
        if (!Files.isRegularFile(file)) {
            throw new DatasetException(
                    name,
                    Files.isDirectory(file)
                            ? "is a directory"
                            : Files.exists(file) ? "is not a plain file" : "does not exist");
        }
        try {
            long size = Files.size(file);
            if (size > most) {
                throw new DatasetException(name, "has %d KiB, more than such a file may have".formatted(size >> 10));
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new DatasetException(name, "", "cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * The lines of a file, without blanks around them; line 1 is the first, blank lines are there but empty.
     *
     * @throws DatasetException as {@link #bytes}, or if it is no text
     */
    public static List<String> lines(Path file, long most) {
        byte[] bytes = bytes(file, most);
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            if (text.chars().anyMatch(c -> c < ' ' && c != '\t' && c != '\n' && c != '\r')) {
                throw new DatasetException(file.toString(), "is not text");
            }
            String unmarked = text.startsWith(MARK) ? text.substring(1) : text;
            return Arrays.stream(unmarked.split("\r\n|\r|\n", -1))
                    .map(String::strip)
                    .toList();
        } catch (CharacterCodingException e) {
            throw new DatasetException(file.toString(), "", "is not UTF-8 text", e);
        }
    }

    /** Whether a name that a file gives leads to a place below the folder that it is relative to. */
    public static boolean staysInside(String name) {
        try {
            Path path = Path.of(name).normalize();
            return !path.isAbsolute()
                    && !path.startsWith("..")
                    && !path.toString().isEmpty();
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
