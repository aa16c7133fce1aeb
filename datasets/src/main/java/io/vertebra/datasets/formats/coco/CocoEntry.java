package io.vertebra.datasets.formats.coco;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
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

    private static final double FARTHEST = 1e9;
    private static final double EXACT = 1L << 53;
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
            case ID, IMAGE, CATEGORY, HEIGHT, WIDTH -> readWhole(key);
            case AREA, SCORE -> readNumber(key);
            case FILE_NAME, NAME -> readText(key);
            case CROWD -> readCrowd();
            case BOX -> readBox();
            case PIXELS -> readPixels();
        };
    }

    /** A whole number, written as such or as {@code 2.0}. */
    private boolean readWhole(CocoKey key) throws IOException {
        switch (p.currentToken()) {
            case VALUE_NUMBER_INT -> {
                try {
                    wholes.put(key, p.getLongValue());
                    return true;
                } catch (InputCoercionException e) {
                    problems.error(key.text() + " is out of range");
                }
            }
            case VALUE_NUMBER_FLOAT -> {
                double value = p.getDoubleValue();
                if (Math.abs(value) < EXACT && value == Math.rint(value)) {
                    problems.warning(key.text() + " is written as the fraction " + value);
                    wholes.put(key, (long) value);
                    return true;
                }
                problems.error(key.text() + " must be a whole number, is " + value);
            }
            case VALUE_STRING -> problems.error(key.text() + " must be a whole number, is the text '" + start() + "'");
            case VALUE_NULL -> problems.error(key.text() + " is null");
            default -> {
                p.skipChildren();
                problems.error(key.text() + " must be a whole number");
            }
        }
        return false;
    }

    /** The first characters of a text. */
    private String start() throws IOException {
        String text = p.getText();
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }

    /** A finite number, an area from 0 on; null is none. */
    private boolean readNumber(CocoKey key) throws IOException {
        if (p.currentToken() == JsonToken.VALUE_NULL) {
            return false;
        }
        double value = isNumber(p) ? p.getDoubleValue() : Double.NaN;
        p.skipChildren();
        if (!Double.isFinite(value) || (key == CocoKey.AREA && value < 0)) {
            problems.error(key.text() + " must be a finite number" + (key == CocoKey.AREA ? " from 0 on" : ""));
            return false;
        }
        numbers.put(key, value);
        return true;
    }

    /** Whether the current token is a number, the non-JSON ones included. */
    static boolean isNumber(JsonParser p) {
        return p.currentToken() == JsonToken.VALUE_NUMBER_INT || p.currentToken() == JsonToken.VALUE_NUMBER_FLOAT;
    }

    private boolean readText(CocoKey key) throws IOException {
        if (p.currentToken() == JsonToken.VALUE_STRING) {
            texts.put(key, p.getText());
            return true;
        }
        p.skipChildren();
        problems.error(key.text() + " must be a text");
        return false;
    }

    private boolean readCrowd() throws IOException {
        JsonToken token = p.currentToken();
        crowd = token == JsonToken.VALUE_TRUE || (isNumber(p) && p.getDoubleValue() == 1);
        boolean isNot = token == JsonToken.VALUE_FALSE
                || token == JsonToken.VALUE_NULL
                || (isNumber(p) && p.getDoubleValue() == 0);
        p.skipChildren();
        if (!crowd && !isNot) {
            problems.error("iscrowd must be 0 or 1");
        }
        return true;
    }

    /** Four finite numbers; null and an empty list are none, as for pycocotools. */
    private boolean readBox() throws IOException {
        if (p.currentToken() != JsonToken.START_ARRAY) {
            p.skipChildren();
            if (p.currentToken() != JsonToken.VALUE_NULL) {
                problems.error("bbox must be a list of four numbers");
            }
            return false;
        }
        int count = 0;
        boolean isNumbers = true;
        boolean isNear = true;
        for (; p.nextToken() != JsonToken.END_ARRAY; count++) {
            if (!isNumber(p)) {
                isNumbers = false;
                p.skipChildren();
            } else if (count < 4) {
                box[count] = p.getDoubleValue();
                isNear &= Math.abs(box[count]) < FARTHEST;
            }
        }
        if (!isNumbers) {
            problems.error("bbox must hold numbers");
        } else if (count != 4 && count != 0) {
            problems.error("bbox needs 4 numbers, has " + count);
        } else if (!isNear) {
            problems.error("bbox is not finite or out of range");
        }
        return count > 0;
    }

    private boolean readPixels() throws IOException {
        JsonToken first = p.currentToken();
        if (first != JsonToken.START_ARRAY && first != JsonToken.START_OBJECT) {
            if (first != JsonToken.VALUE_NULL && mode != Pixels.PASSED_OVER) {
                problems.error("segmentation must be a list of polygons or run lengths");
            }
            return false;
        }
        form = first == JsonToken.START_OBJECT ? CocoColumns.RUNS : CocoColumns.POLYGONS;
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
