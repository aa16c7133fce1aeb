package io.vertebra.backbones.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The JSON header of a safetensors file, read as a stream; knows what an entry must look like but not where entries lie. */
record SafetensorsHeader(List<Entry> entries, Map<String, String> metadata) {

    /** Bounds the memory of a header; the largest published models stay under 10,000. */
    private static final int MOST_TENSORS = 100_000;

    private static final int MOST_DIMENSIONS = 64;

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES) // names of a file are not kept in a table
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(64).build())
            .build();

    /** A tensor and its range in the data. */
    record Entry(TensorInfo info, long begin, long end) {}

    static SafetensorsHeader parse(FileBytes bytes, ByteBuffer json) {
        if (!json.hasRemaining() || json.get(0) != '{') {
            throw bytes.fault(
                    "header",
                    "must be a JSON object, begins with "
                            + (json.hasRemaining() ? "'" + (char) (json.get(0) & 0xff) + "'" : "nothing"));
        }
        try (JsonParser parser = JSON.createParser(json.array(), json.arrayOffset(), json.limit())) {
            return new Parsing(bytes, parser).header();
        } catch (JsonProcessingException e) {
            throw new WeightsException(bytes.file(), "header", "is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("a header in memory cannot be read", e);
        }
    }

    /** One pass over one header. */
    private static final class Parsing {
        private final FileBytes bytes;
        private final JsonParser parser;
        private final Map<String, String> metadata = new LinkedHashMap<>();
        private final Map<String, Entry> entries = new LinkedHashMap<>();

        Parsing(FileBytes bytes, JsonParser parser) {
            this.bytes = bytes;
            this.parser = parser;
        }

        SafetensorsHeader header() throws IOException {
            Set<String> names = new LinkedHashSet<>();
            parser.nextToken(); // the brace
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                if (!names.add(name)) {
                    throw bytes.fault("header", "duplicate tensor name " + name);
                }
                if (names.size() > MOST_TENSORS) {
                    throw bytes.fault("header", "more than " + MOST_TENSORS + " tensors");
                }
                if (name.equals("__metadata__")) {
                    readMetadata();
                } else {
                    entries.put(name, entry(name));
                }
            }
            if (parser.nextToken() != null) {
                throw bytes.fault("header", "goes on after its object");
            }
            return new SafetensorsHeader(List.copyOf(entries.values()), metadata);
        }

        private void readMetadata() throws IOException {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw bytes.fault("header", "__metadata__ must be an object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String key = parser.currentName();
                if (parser.nextToken() != JsonToken.VALUE_STRING) {
                    throw bytes.fault("header", "metadata values must be strings, that of " + key + " is not");
                }
                if (metadata.put(key, parser.getText()) != null) {
                    throw bytes.fault("header", "duplicate metadata key " + key);
                }
            }
        }

        private Entry entry(String name) throws IOException {
            String place = "tensor " + name;
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw bytes.fault(place, "must be an object");
            }
            DType type = null;
            List<Long> shape = null;
            List<Long> range = null;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String key = parser.currentName();
                boolean again;
                switch (key) {
                    case "dtype" -> {
                        again = type != null;
                        type = type(place);
                    }
                    case "shape" -> {
                        again = shape != null;
                        shape = numbers(place, "bad shape");
                    }
                    case "data_offsets" -> {
                        again = range != null;
                        range = numbers(place, "bad data_offsets");
                    }
                    default -> throw bytes.fault(place, "unknown key " + key);
                }
                if (again) {
                    throw bytes.fault(place, "duplicate key " + key);
                }
            }
            if (type == null || shape == null || range == null) {
                throw bytes.fault(
                        place, (type == null ? "dtype" : shape == null ? "shape" : "data_offsets") + " missing");
            }
            if (range.size() != 2 || range.get(0) < 0 || range.get(1) < range.get(0)) {
                throw bytes.fault(place, "bad data_offsets " + range);
            }
            long size = Shapes.bytes(bytes, place, type, shape);
            if (size != range.get(1) - range.get(0)) {
                throw bytes.fault(
                        place,
                        "shape and data_offsets disagree: " + type + " " + shape + " takes " + size + " bytes, not "
                                + (range.get(1) - range.get(0)));
            }
            return new Entry(new TensorInfo(name, type, Shapes.ints(bytes, place, shape)), range.get(0), range.get(1));
        }

        private DType type(String place) throws IOException {
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw bytes.fault(place, "dtype must be text");
            }
            String text = parser.getText();
            return DType.named(text).orElseThrow(() -> bytes.fault(place, "unknown dtype '" + text + "'"));
        }

        private List<Long> numbers(String place, String complaint) throws IOException {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw bytes.fault(place, complaint + ": not a list");
            }
            List<Long> numbers = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                boolean whole = parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                        && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
                if (!whole || numbers.size() == MOST_DIMENSIONS) {
                    throw bytes.fault(
                            place,
                            complaint + ": "
                                    + (whole
                                            ? "more than " + MOST_DIMENSIONS + " numbers"
                                            : parser.getText() + " is no whole number of 64 bits"));
                }
                numbers.add(parser.getLongValue());
            }
            return numbers;
        }
    }
}
