package io.vertebra.datasets.formats.coco;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.vertebra.datasets.DatasetException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The JSON of COCO's files: the parser with its limits, values with the faults that occur in them, errors in one line. */
final class CocoJson {

    private static final int DEEPEST = 64;
    private static final double EXACT = 1L << 53;

    /** NaN is no JSON, but Python writes it; it must be told from a syntax error. */
    static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private CocoJson() {}

    /**
     * A file that is about to be read.
     *
     * @param in its bytes after the byte order mark
     * @param start how many bytes come before
     */
    record Opened(InputStream in, long start) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    /**
     * Opens a file.
     *
     * @throws DatasetException if it is no plain file, empty or in another encoding
     */
    static Opened open(Path file) throws IOException {
        String name = file.toString();
        if (!Files.isRegularFile(file)) {
            throw new DatasetException(
                    name,
                    Files.isDirectory(file)
                            ? "is a directory; give the annotation file"
                            : Files.exists(file) ? "is not a plain file" : "does not exist");
        }
        InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        in.mark(4);
        byte[] head = in.readNBytes(4);
        in.reset();
        String fault = head.length == 0 ? "is empty" : isOtherEncoding(head) ? "is not UTF-8" : null;
        if (fault != null) {
            in.close();
            throw new DatasetException(name, fault);
        }
        int mark = hasMark(head) ? 3 : 0;
        in.skipNBytes(mark);
        return new Opened(in, mark);
    }

    /** UTF-16 and UTF-32 show by a byte order mark or a zero byte among the first characters. */
    private static boolean isOtherEncoding(byte[] head) {
        for (byte b : head) {
            if (b == 0 || (b & 0xFF) >= 0xFE) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasMark(byte[] head) {
        return head.length >= 3 && (head[0] & 0xFF) == 0xEF && (head[1] & 0xFF) == 0xBB && (head[2] & 0xFF) == 0xBF;
    }

    /** The error of a text that is no JSON. */
    static DatasetException broken(String file, JsonProcessingException e) {
        String position = e.getLocation() == null
                ? ""
                : "line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
        String reason = e instanceof JsonEOFException || e.getOriginalMessage().startsWith("Unexpected end-of-input")
                ? "the JSON ends early"
                : "is not JSON: " + e.getOriginalMessage().lines().findFirst().orElse("broken");
        return new DatasetException(file, position, reason, e);
    }

    /** A whole number, written as such or as {@code 2.0}. */
    static Optional<Long> whole(JsonParser p, String key, CocoProblems problems) throws IOException {
        switch (p.currentToken()) {
            case VALUE_NUMBER_INT -> {
                try {
                    return Optional.of(p.getLongValue());
                } catch (InputCoercionException e) {
                    problems.error(key + " is out of range");
                }
            }
            case VALUE_NUMBER_FLOAT -> {
                double value = p.getDoubleValue();
                if (Math.abs(value) < EXACT && value == Math.rint(value)) {
                    problems.warning(key + " is written as the fraction " + value);
                    return Optional.of((long) value);
                }
                problems.error(key + " must be a whole number, is " + value);
            }
            case VALUE_STRING -> problems.error(key + " must be a whole number, is the text '" + start(p) + "'");
            case VALUE_NULL -> problems.error(key + " is null");
            default -> {
                p.skipChildren();
                problems.error(key + " must be a whole number");
            }
        }
        return Optional.empty();
    }

    /** The first characters of a text. */
    static String start(JsonParser p) throws IOException {
        String text = p.getText();
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }

    /** Whether the current token is a number, the non-JSON ones included. */
    static boolean isNumber(JsonParser p) {
        return p.currentToken() == JsonToken.VALUE_NUMBER_INT || p.currentToken() == JsonToken.VALUE_NUMBER_FLOAT;
    }
}
