package io.vertebra.datasets.formats.coco;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import io.vertebra.datasets.lint.Faults;
import java.io.IOException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * An entry of one of COCO's lists as it stands in the file. One object serves all entries of a list.
 *
 * <p>What is wrong with an entry is kept until it has been read, for its id, which names it, may come last; {@link #tell} tells it. What must be
 * there is for the reader of the list to say: a data set has other needs than a scorer.
 */
public final class CocoEntry {

    private static final int LONGEST_SIDE = 1 << 20;
    private static final long MOST_PIXELS = 178_956_970;
    private static final int LARGEST_SEGMENTATION = 1 << 26;

    /** The lists. */
    public enum Kind {
        IMAGE("image", "images"),
        CATEGORY("category", "categories"),
        ANNOTATION("annotation", "annotations"),
        RESULT("result", "results");

        private final String noun;
        private final String list;

        Kind(String noun, String list) {
            this.noun = noun;
            this.list = list;
        }

        /** Whether a key of its entries is looked at. */
        private boolean wants(CocoKey key) {
            return switch (key) {
                case ID -> this != RESULT;
                case IMAGE, CATEGORY, BOX, PIXELS -> this == ANNOTATION || this == RESULT;
                case AREA, CROWD -> this == ANNOTATION;
                case SCORE -> this == RESULT;
                case HEIGHT, WIDTH, FILE_NAME -> this == Kind.IMAGE;
                case NAME -> this == Kind.CATEGORY;
            };
        }
    }

    /** What is done with polygons and runs: nothing, their place is kept, or they are read. */
    public enum Pixels {
        PASSED_OVER,
        PLACE,
        READ
    }

    private final CocoJson json;
    private final JsonParser p;
    private final Kind kind;
    private final Pixels mode;
    private final CocoProblems problems = new CocoProblems();
    private final CocoValues values;
    private final Set<CocoKey> seen = EnumSet.noneOf(CocoKey.class);
    private final Set<CocoKey> there = EnumSet.noneOf(CocoKey.class);

    private final Map<CocoKey, Long> wholes = new EnumMap<>(CocoKey.class);
    private final Map<CocoKey, Double> numbers = new EnumMap<>(CocoKey.class);
    private final Map<CocoKey, String> texts = new EnumMap<>(CocoKey.class);
    private final double[] box = new double[4];
    private boolean crowd;
    private CocoPixels pixels;
    private byte form;
    private long from;
    private long to;
    private int index;

    /** For the entries of a list. */
    public CocoEntry(CocoJson json, Kind kind, Pixels mode) {
        this.json = json;
        this.p = json.parser();
        this.kind = kind;
        this.mode = mode;
        this.values = new CocoValues(p, problems);
    }

    /**
     * Reads the object that has begun.
     *
     * @param place in the list, from 0
     */
    public void read(int place) throws IOException {
        index = place;
        problems.clear();
        seen.clear();
        there.clear();
        texts.clear();
        crowd = false;
        form = CocoColumns.NO_PIXELS;
        from = 0;
        to = 0;
        while (p.nextToken() == JsonToken.FIELD_NAME) {
            CocoKey key = CocoKey.NAMES.get(p.currentName());
            p.nextToken();
            if (key == null || !kind.wants(key)) {
                p.skipChildren();
                continue;
            }
            if (!seen.add(key)) {
                problems.error("has the key '" + key.text() + "' twice");
            }
            if (value(key)) {
                there.add(key);
            }
        }
        if (has(CocoKey.HEIGHT) && has(CocoKey.WIDTH) && !isSize(whole(CocoKey.HEIGHT), whole(CocoKey.WIDTH))) {
            problems.error("has the invalid size " + whole(CocoKey.WIDTH) + "x" + whole(CocoKey.HEIGHT));
        }
    }

    private static boolean isSize(long height, long width) {
        return height >= 1
                && width >= 1
                && height <= LONGEST_SIDE
                && width <= LONGEST_SIDE
                && height * width <= MOST_PIXELS;
    }

    /** Reads a value; whether it is one. */
    private boolean value(CocoKey key) throws IOException {
        return switch (key) {
            case ID, IMAGE, CATEGORY, HEIGHT, WIDTH -> keep(wholes, key, values.whole(key));
            case AREA, SCORE -> keep(numbers, key, values.number(key));
            case FILE_NAME, NAME -> keep(texts, key, values.text(key));
            case CROWD -> {
                crowd = values.crowd();
                yield true;
            }
            case BOX -> values.box(box);
            case PIXELS -> readPixels();
        };
    }

    private static <T> boolean keep(Map<CocoKey, T> by, CocoKey key, T value) {
        if (value != null) {
            by.put(key, value);
        }
        return value != null;
    }

    private boolean readPixels() throws IOException {
        JsonToken first = p.currentToken();
        if (first != JsonToken.START_ARRAY && first != JsonToken.START_OBJECT) {
            if (first != JsonToken.VALUE_NULL && mode != Pixels.PASSED_OVER) {
                problems.error("segmentation must be a list of polygons or run lengths");
            }
            return false;
        }
        form = CocoColumns.PIXELS;
        JsonStreamContext outside = p.getParsingContext().getParent();
        switch (mode) {
            case READ -> {
                try {
                    pixels = CocoPixels.read(p);
                } catch (IllegalArgumentException e) {
                    problems.error(e.getMessage());
                }
                end(outside);
            }
            case PLACE -> {
                from = json.tokenStart();
                form = p.nextToken() == JsonToken.END_ARRAY ? CocoColumns.EMPTY_LIST : form;
                end(outside);
                to = json.tokenEnd();
                if (to - from > LARGEST_SEGMENTATION) {
                    problems.error("segmentation takes more than 64 MiB");
                }
            }
            case PASSED_OVER -> p.skipChildren();
        }
        return true;
    }

    /** Passes over what is left of a list or object. */
    private void end(JsonStreamContext outside) throws IOException {
        while (p.getParsingContext() != outside) {
            p.nextToken();
        }
    }

    /** Whether the entry says this, and it makes sense. */
    public boolean has(CocoKey key) {
        return there.contains(key);
    }

    /** An id, a height or a width that the entry has. */
    public long whole(CocoKey key) {
        return wholes.get(key);
    }

    /** An area or a score that the entry has. */
    public double number(CocoKey key) {
        return numbers.get(key);
    }

    /** A name; null if the entry has none. */
    public String text(CocoKey key) {
        return texts.get(key);
    }

    /** Left, top, width and height of the box as written; overwritten by the next entry. */
    public double[] box() {
        return box;
    }

    /** Whether the object is many; false if the entry does not say. */
    public boolean crowd() {
        return crowd;
    }

    /** Polygons or runs, if they are read. */
    public CocoPixels pixels() {
        return pixels;
    }

    /** What the segmentation is, one of the kinds of {@link CocoColumns}. */
    byte form() {
        return form;
    }

    /** Where in the file the segmentation begins. */
    long from() {
        return from;
    }

    /** How many bytes the segmentation takes. */
    int length() {
        return (int) (to - from);
    }

    /** Something that is wrong with the entry as a whole. */
    public void error(String reason) {
        problems.error(reason);
    }

    /** Finds fault with an entry that does not say all this; what is there but wrong was told already. */
    public void require(CocoKey... keys) {
        for (CocoKey key : keys) {
            if (!has(key) && !problems.mention(key.text())) {
                problems.error(key.text() + " missing");
            }
        }
    }

    /** Where the entry is: {@code annotation 7}, or {@code annotations[3]} if it has no id. */
    public String position() {
        return has(CocoKey.ID) ? kind.noun + " " + whole(CocoKey.ID) : kind.list + "[" + index + "]";
    }

    /** Tells what is wrong; whether the entry can be used. */
    public boolean tell(Faults faults) {
        return problems.isEmpty() || problems.tell(faults, position());
    }
}
