package io.vertebra.datasets.formats.coco;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import io.vertebra.images.Mask;
import io.vertebra.images.PolygonMask;
import io.vertebra.images.RleCodec;
import io.vertebra.images.Size;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A segmentation as it is written: polygons, or run lengths as numbers or as text. */
final class CocoPixels {

    private static final double FARTHEST = 1e7;

    private final JsonParser p;
    private final Size size;

    private CocoPixels(JsonParser p, Size size) {
        this.p = p;
        this.size = size;
    }

    /**
     * The mask that a JSON text stands for.
     *
     * @param size of the picture
     * @throws IllegalArgumentException with the reason if it stands for none
     * @throws IOException if it is no JSON
     */
    static Mask mask(byte[] json, Size size) throws IOException {
        try (JsonParser p = CocoJson.FACTORY.createParser(json)) {
            CocoPixels pixels = new CocoPixels(p, size);
            return p.nextToken() == JsonToken.START_ARRAY
                    ? PolygonMask.of(size.height(), size.width(), pixels.polygons())
                    : pixels.runs();
        }
    }

    /** Throws as {@link #mask} does, but fills no polygon: that takes longer than all the rest. */
    static void check(byte[] json, Size size) throws IOException {
        try (JsonParser p = CocoJson.FACTORY.createParser(json)) {
            CocoPixels pixels = new CocoPixels(p, size);
            if (p.nextToken() == JsonToken.START_ARRAY) {
                pixels.polygons();
            } else {
                pixels.runs();
            }
        }
    }

    private List<double[]> polygons() throws IOException {
        List<double[]> polygons = new ArrayList<>();
        while (p.nextToken() != JsonToken.END_ARRAY) {
            require(p.currentToken() == JsonToken.START_ARRAY, "segmentation must be a list of polygons");
            double[] polygon = numbers();
            require(polygon.length % 2 == 0, "a polygon has the odd number of %d coordinates", polygon.length);
            require(polygon.length >= 6, "a polygon needs at least 6 numbers, has %d", polygon.length);
            polygons.add(polygon);
        }
        return polygons;
    }

    /** The numbers of the list that has begun. */
    private double[] numbers() throws IOException {
        double[] values = new double[32];
        int count = 0;
        while (p.nextToken() != JsonToken.END_ARRAY) {
            require(CocoJson.isNumber(p), "a polygon must hold numbers");
            double value = p.getDoubleValue();
            require(Math.abs(value) <= FARTHEST, "a polygon is not finite or out of range");
            values = count == values.length ? Arrays.copyOf(values, 2 * count) : values;
            values[count++] = value;
        }
        return Arrays.copyOf(values, count);
    }

    private Mask runs() throws IOException {
        int[] sides = null;
        int[] counts = null;
        String text = null;
        while (p.nextToken() == JsonToken.FIELD_NAME) {
            String key = p.currentName();
            JsonToken value = p.nextToken();
            if (key.equals("size") && value == JsonToken.START_ARRAY) {
                sides = wholeNumbers("size");
            } else if (key.equals("counts") && value == JsonToken.START_ARRAY) {
                counts = wholeNumbers("counts");
            } else if (key.equals("counts") && value == JsonToken.VALUE_STRING) {
                text = p.getText();
            } else {
                p.skipChildren();
            }
        }
        require(sides != null && sides.length == 2, "RLE needs a size of two numbers");
        require(counts != null || text != null, "RLE needs counts, a list of numbers or a text");
        require(
                sides[0] == size.height() && sides[1] == size.width(),
                "RLE size [%d, %d] differs from the image's [%d, %d] (height, width)",
                sides[0],
                sides[1],
                size.height(),
                size.width());
        return text == null ? mask(counts) : mask(text);
    }

    private int[] wholeNumbers(String key) throws IOException {
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

    private Mask mask(int[] counts) {
        long sum = 0;
        for (int count : counts) {
            require(count >= 0, "RLE has the negative count %d", count);
            sum += count;
        }
        long pixels = (long) size.height() * size.width();
        require(sum == pixels, "RLE covers %d of %d pixels", sum, pixels);
        return Mask.ofRuns(size.height(), size.width(), counts);
    }

    private Mask mask(String text) {
        try {
            return RleCodec.decode(size.height(), size.width(), text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("bad RLE text (" + e.getMessage() + ")", e);
        }
    }

    private static void require(boolean holds, String reason, Object... values) {
        if (!holds) {
            throw new IllegalArgumentException(String.format(java.util.Locale.ROOT, reason, values));
        }
    }
}
