package io.vertebra.datasets.formats.coco;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.vertebra.datasets.DatasetException;
import java.io.BufferedInputStream;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The door to COCO's files, annotations and results alike: the parser with its limits, the walk to the entries, errors in one line. */
public final class CocoJson {

    private static final int DEEPEST = 64;

    /** NaN is no JSON, but Python writes it; it must be told from a syntax error. */
    static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .build();

    private final String file;
    private final JsonParser p;
    /** How many bytes come before those of the parser. */
    private final long start;

    private CocoJson(String file, JsonParser p, long start) {
        this.file = file;
        this.p = p;
        this.start = start;
    }

    /** Reads a whole file, from its first token on. */
    public interface Content {
        void read(CocoJson json) throws IOException;
    }

    /** Reads an entry of a list, an object that has begun. */
    public interface Entry {
        void read(int index) throws IOException;
    }

    /**
     * Reads a file from its first token to its last.
     *
     * @throws DatasetException if it is no plain file of JSON in UTF-8, or {@code content} throws it
     */
    public static void read(Path file, Content content) {
        String name = file.toString();
        if (!Files.isRegularFile(file)) {
            throw new DatasetException(
                    name,
                    Files.isDirectory(file)
                            ? "is a directory; give the annotation file"
                            : Files.exists(file) ? "is not a plain file" : "does not exist");
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            int mark = markOf(name, in);
            try (JsonParser p = FACTORY.createParser(in)) {
                p.nextToken();
                content.read(new CocoJson(name, p, mark));
                if (p.nextToken() != null) {
                    String line = "line " + p.currentTokenLocation().getLineNr();
                    throw new DatasetException(name, line, "unexpected text after the end of the document", null);
                }
            }
        } catch (JsonProcessingException e) {
            throw broken(name, e);
        } catch (CharConversionException e) {
            throw new DatasetException(name, "", "is not UTF-8", e);
        } catch (IOException e) {
            throw new DatasetException(name, "", "cannot be read: " + e.getMessage(), e);
        }
    }

    /** Passes over a byte order mark and says how long it is. */
    private static int markOf(String name, InputStream in) throws IOException {
        in.mark(4);
        byte[] head = in.readNBytes(4);
        in.reset();
        if (head.length == 0 || isOtherEncoding(head)) {
            throw new DatasetException(name, head.length == 0 ? "is empty" : "is not UTF-8");
        }
        int mark = hasMark(head) ? 3 : 0;
        in.skipNBytes(mark);
        return mark;
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

    private static DatasetException broken(String file, JsonProcessingException e) {
        String position = e.getLocation() == null
                ? ""
                : "line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
        String reason = e instanceof JsonEOFException || e.getOriginalMessage().startsWith("Unexpected end-of-input")
                ? "the JSON ends early"
                : "is not JSON: " + e.getOriginalMessage().lines().findFirst().orElse("broken");
        return new DatasetException(file, position, reason, e);
    }

    JsonParser parser() {
        return p;
    }

    /** Where in the file the current token begins. */
    long tokenStart() {
        return start + p.currentTokenLocation().getByteOffset();
    }

    /** Where in the file the current token ends. */
    long tokenEnd() {
        return start + p.currentLocation().getByteOffset();
    }

    /** Whether the parser stands before a list, as results are. */
    public boolean isList() {
        return p.currentToken() == JsonToken.START_ARRAY;
    }

    /**
     * Reads a file of annotations: an object, some of whose keys hold lists of objects.
     *
     * @param entries who reads the entries of which list; other keys are passed over
     * @return the keys of {@code entries} that are there
     */
    public Set<String> lists(Map<String, Entry> entries) throws IOException {
        if (p.currentToken() != JsonToken.START_OBJECT) {
            throw new DatasetException(
                    file,
                    "has no object with images, annotations and categories"
                            + (isList() ? " but a list; this looks like a results file" : ""));
        }
        Set<String> found = new HashSet<>();
        while (p.nextToken() == JsonToken.FIELD_NAME) {
            String key = p.currentName();
            p.nextToken();
            if (!entries.containsKey(key)) {
                p.skipChildren();
                continue;
            }
            if (!found.add(key)) {
                throw new DatasetException(file, "has the key '" + key + "' twice");
            }
            if (!isList()) {
                throw new DatasetException(file, "'" + key + "' must be a list");
            }
            list(key, entries.get(key));
        }
        return found;
    }

    /** Throws unless all these keys were found. */
    public void require(Set<String> found, String... keys) {
        for (String key : keys) {
            if (!found.contains(key)) {
                throw new DatasetException(file, "has no key '" + key + "'");
            }
        }
    }

    /**
     * Reads the list that the parser stands before.
     *
     * @param name of the list, for messages
     */
    public void list(String name, Entry entry) throws IOException {
        for (int i = 0; p.nextToken() != JsonToken.END_ARRAY; i++) {
            if (p.currentToken() != JsonToken.START_OBJECT) {
                throw new DatasetException(file, name + "[" + i + "]", "must be an object", null);
            }
            entry.read(i);
        }
    }
}
