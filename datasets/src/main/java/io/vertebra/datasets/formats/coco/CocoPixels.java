package io.vertebra.datasets.formats.coco;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import io.vertebra.images.Mask;
import io.vertebra.images.PackedMask;
import io.vertebra.images.PolygonMask;
import io.vertebra.images.Size;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A segmentation as it is written: polygons, or run lengths as numbers or as text. Immutable. */
public final class CocoPixels {

    private static final double FARTHEST = 1e7;

    /** One of the three forms, the others null. */
    private final List<double[]> polygons;

    private final int[] counts;
    private final byte[] text;
    /** Height and width that are written beside run lengths. */
    private final int[] sides;

    private CocoPixels(List<double[]> polygons, int[] counts, byte[] text, int... sides) {
        this.polygons = polygons;
        this.counts = counts;
        this.text = text;
        this.sides = sides;
    }

    /**
     * Reads the list or object that has begun.
     *
     * @throws IllegalArgumentException with the reason if it is no segmentation; the parser then stands somewhere in it
     */
    static CocoPixels read(JsonParser p) throws IOException {
        return p.currentToken() == JsonToken.START_ARRAY ? new CocoPixels(polygons(p), null, null) : runs(p);
    }

    /** The same of a text of its own. */
    static CocoPixels read(byte... json) throws IOException {
        try (JsonParser p = CocoJson.FACTORY.createParser(json)) {
            p.nextToken();
            return read(p);
        }
    }

    /**
     * The mask on a picture of this size.
     *
     * @throws IllegalArgumentException with the reason if there is none
     */
    public Mask mask(Size size) {
        if (polygons != null) {
            return PolygonMask.of(size.height(), size.width(), polygons);
        }
        return text == null ? ofCounts(size) : packed(size).unpacked();
    }

    /**
     * The same as a text; that of the file, if it has one.
     *
     * @throws IllegalArgumentException as {@link #mask}
     */
    public PackedMask packed(Size size) {
        if (text == null) {
            return PackedMask.of(mask(size));
        }
        checkSides(size);
        try {
            return PackedMask.of(size.height(), size.width(), text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("bad RLE text (" + e.getMessage() + ")", e);
        }
    }

    /** Throws as {@link #mask} does, but fills no polygon: that takes longer than all the rest. */
    void check(Size size) {
        if (polygons == null) {
            mask(size);
        }
    }

    private static List<double[]> polygons(JsonParser p) throws IOException {
        List<double[]> polygons = new ArrayList<>();
        while (p.nextToken() != JsonToken.END_ARRAY) {
            require(p.currentToken() == JsonToken.START_ARRAY, "segmentation must be a list of polygons");
            double[] polygon = numbers(p);
            require(polygon.length % 2 == 0, "a polygon has the odd number of %d coordinates", polygon.length);
            require(polygon.length >= 6, "a polygon needs at least 6 numbers, has %d", polygon.length);
            polygons.add(polygon);
        }
        return polygons;
    }

    /** The numbers of the list that has begun. */
    private static double[] numbers(JsonParser p) throws IOException {
        double[] values = new double[32];
        int count = 0;
        while (p.nextToken() != JsonToken.END_ARRAY) {
            require(CocoValues.isNumber(p), "a polygon must hold numbers");
            double value = p.getDoubleValue();
            require(Math.abs(value) <= FARTHEST, "a polygon is not finite or out of range");
            values = count == values.length ? Arrays.copyOf(values, 2 * count) : values;
            values[count++] = value;
        }
        return Arrays.copyOf(values, count);
    }

    private static CocoPixels runs(JsonParser p) throws IOException {
        int[] sides = null;
        int[] counts = null;
        byte[] text = null;
        while (p.nextToken() == JsonToken.FIELD_NAME) {
            String key = p.currentName();
            JsonToken value = p.nextToken();
            if (key.equals("size") && value == JsonToken.START_ARRAY) {
                sides = wholeNumbers(p, "size");
            } else if (key.equals("counts") && value == JsonToken.START_ARRAY) {
                counts = wholeNumbers(p, "counts");
            } else if (key.equals("counts") && value == JsonToken.VALUE_STRING) {
                text = text(p);
            } else {
                p.skipChildren();
            }
        }
        require(sides != null && sides.length == 2, "RLE needs a size of two numbers");
        require(counts != null || text != null, "RLE needs counts, a list of numbers or a text");
        require(counts == null || text == null, "RLE has the key 'counts' twice");
        return new CocoPixels(null, counts, text, sides);
    }

    /** The string at which the parser stands; a character that no run length has becomes 0. */
    private static byte[] text(JsonParser p) throws IOException {
        char[] characters = p.getTextCharacters();
        int from = p.getTextOffset();
        byte[] text = new byte[p.getTextLength()];
        for (int i = 0; i < text.length; i++) {
            char c = characters[from + i];
            text[i] = c < 128 ? (byte) c : 0;
        }
        return text;
    }

    private static int[] wholeNumbers(JsonParser p, String key) throws IOException {
        int[] values = new int[32];
        int count = 0;
        while (p.nextToken() != JsonToken.END_ARRAY) {
            require(p.currentToken() == JsonToken.VALUE_NUMBER_INT, "RLE %s must hold whole numbers", key);
            values = count == values.length ? Arrays.copyOf(values, 2 * count) : values;
            try {
                values[count++] = p.getIntValue();
            } catch (InputCoercionException e) {
                throw new IllegalArgumentException("RLE " + key + " holds a number out of range", e);
            }
        }
        return Arrays.copyOf(values, count);
    }

    private void checkSides(Size size) {
        require(
                sides[0] == size.height() && sides[1] == size.width(),
                "RLE size [%d, %d] differs from the image's [%d, %d] (height, width)",
                sides[0],
                sides[1],
                size.height(),
                size.width());
    }

    private Mask ofCounts(Size size) {
        checkSides(size);
        long sum = 0;
        for (int count : counts) {
            require(count >= 0, "RLE has the negative count %d", count);
            sum += count;
        }
        long pixels = (long) size.height() * size.width();
        require(sum == pixels, "RLE covers %d of %d pixels", sum, pixels);
        return Mask.ofRuns(size.height(), size.width(), counts);
    }

    private static void require(boolean holds, String reason, Object... values) {
        if (!holds) {
            throw new IllegalArgumentException(String.format(java.util.Locale.ROOT, reason, values));
        }
    }
}
