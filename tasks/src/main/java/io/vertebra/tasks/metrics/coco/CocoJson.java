package io.vertebra.tasks.metrics.coco;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.vertebra.datasets.DatasetException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** A file of JSON, read token by token; whatever is wrong is told with the file and the place. */
final class CocoJson implements AutoCloseable {

    private static final int DEEPEST = 64;
    private static final int LONGEST_TEXT = 16 << 20;
    private static final double EXACT = 1L << 53;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxStringLength(LONGEST_TEXT)
                    .build())
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .build();

    private final String file;
    private final JsonParser parser;
    /** Where in the file, such as {@code annotations[17]}; empty outside of rows. */
    private String list = "";

    private int row = -1;

    /** Something that reads what the parser stands before. */
    interface Part {
        void read() throws IOException;
    }

    private CocoJson(String file, JsonParser parser) {
        this.file = file;
        this.parser = parser;
    }

    /** Reads a file with {@code content}, from its first token to its last. */
    static void read(Path file, Content content) {
        String name = file.toString();
        if (!Files.isRegularFile(file)) {
            throw new DatasetException(name, Files.exists(file) ? "is not a plain file" : "does not exist");
        }
        try (CocoJson json = new CocoJson(name, FACTORY.createParser(file.toFile()))) {
            json.parser.nextToken();
            content.read(json);
            if (json.parser.nextToken() != null) {
                throw json.fault("goes on after its end");
            }
        } catch (StreamConstraintsException e) {
            throw new DatasetException(
                    name,
                    position(e.getLocation()),
                    "is nested deeper than %d, or holds a text or number that is far too long".formatted(DEEPEST),
                    e);
        } catch (JsonProcessingException e) {
            throw new DatasetException(name, position(e.getLocation()), "is no well-formed JSON", e);
        } catch (java.io.CharConversionException e) {
            throw new DatasetException(name, "", "is no text in UTF-8", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a whole file holds. */
    interface Content {
        void read(CocoJson json) throws IOException;
    }

    private static String position(JsonLocation location) {
        return location == null ? "" : "line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    JsonParser parser() {
        return parser;
    }

    /** A fault of the row that is being read, or of the place where the parser stands. */
    DatasetException fault(String reason) {
        String place = row < 0 ? position(parser.currentLocation()) : list + "[" + row + "]";
        return new DatasetException(file, place, reason, null);
    }

    boolean isObject() {
        return parser.currentToken() == JsonToken.START_OBJECT;
    }

    boolean isArray() {
        return parser.currentToken() == JsonToken.START_ARRAY;
    }

    /** Reads the object that the parser stands on; each key is handed over once, with the parser on its value. */
    void object(Field field) throws IOException {
        Set<String> keys = row < 0 ? new HashSet<>() : null; // rows look for their own keys
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            if (keys != null && !keys.add(key)) {
                throw fault("has the key " + shown(key) + " twice");
            }
            parser.nextToken();
            field.read(key);
        }
    }

    /** A key and its value. */
    interface Field {
        void read(String key) throws IOException;
    }

    /** Reads an array of objects that the parser stands on. */
    void rows(String name, Part part) throws IOException {
        if (!isArray()) {
            throw fault(name + " is no list");
        }
        list = name;
        row = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (!isObject()) {
                throw fault("is no object");
            }
            part.read();
            row++;
        }
        row = -1;
    }

    /** The row that is being read, from 0. */
    int row() {
        return row;
    }

    /** A whole number, also one that is written with a point. */
    long whole(String key) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return parser.getLongValue();
        }
        double value = number(key);
        if (value != Math.rint(value) || Math.abs(value) > EXACT) {
            throw fault(key + " " + value + " is no whole number of usual size");
        }
        return (long) value;
    }

    /** A finite number. */
    double number(String key) throws IOException {
        if (parser.currentToken() == null || !parser.currentToken().isNumeric()) {
            throw fault(key + " is no number");
        }
        double value = parser.getDoubleValue();
        if (!Double.isFinite(value)) {
            throw fault(key + " is out of range");
        }
        return value;
    }

    /** A text of the file, cut for a message. */
    static String shown(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        return plain.length() > 40 ? plain.substring(0, 40) + "..." : plain;
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
