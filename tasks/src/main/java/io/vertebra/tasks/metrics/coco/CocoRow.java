package io.vertebra.tasks.metrics.coco;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.vertebra.images.Mask;
import io.vertebra.images.PolygonMask;
import io.vertebra.images.RleCodec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** An annotation or a result as it stands in a file; one object is used for all rows of a file. */
final class CocoRow {

    private static final double FARTHEST = 1e9;

    /** The keys that matter. */
    private enum Key {
        id,
        image_id,
        category_id,
        bbox,
        area,
        iscrowd,
        score,
        segmentation
    }

    private final CocoJson json;
    private final boolean wantsMasks;
    private final Set<Key> seen = EnumSet.noneOf(Key.class);
    long id;
    long image;
    long category;
    final double[] box = new double[4];
    double area;
    boolean crowd;
    double score;

    /** One of the three forms of a mask, the others null. */
    private List<double[]> polygons;

    private int[] runs;
    private String text;
    private long maskHeight;
    private long maskWidth;

    CocoRow(CocoJson json, boolean wantsMasks) {
        this.json = json;
        this.wantsMasks = wantsMasks;
    }

    /** Reads the object that the parser stands on. */
    void read() throws IOException {
        seen.clear();
        id = 0;
        crowd = false;
        polygons = null;
        runs = null;
        text = null;
        json.object(this::field);
    }

    boolean hasId() {
        return has(Key.id);
    }

    boolean hasBox() {
        return has(Key.bbox);
    }

    boolean hasMask() {
        return has(Key.segmentation);
    }

    boolean hasArea() {
        return has(Key.area);
    }

    /** Throws unless the row says which picture and class it is of. */
    void checkIds() {
        if (!has(Key.image_id) || !has(Key.category_id)) {
            throw json.fault("has no " + (has(Key.image_id) ? "category_id" : "image_id"));
        }
    }

    void checkScore() {
        if (!has(Key.score)) {
            throw json.fault("has no score; are these results?");
        }
    }

    private boolean has(Key key) {
        return seen.contains(key);
    }

    private void field(String name) throws IOException {
        switch (name) {
            case "id" -> {
                see(Key.id);
                id = json.whole(name);
            }
            case "image_id" -> {
                see(Key.image_id);
                image = json.whole(name);
            }
            case "category_id" -> {
                see(Key.category_id);
                category = json.whole(name);
            }
            case "area" -> {
                see(Key.area);
                area = json.number(name);
            }
            case "score" -> {
                see(Key.score);
                score = json.number(name);
            }
            case "iscrowd" -> {
                see(Key.iscrowd);
                crowd = json.parser().currentToken().isBoolean()
                        ? json.parser().getBooleanValue()
                        : json.whole(name) != 0;
            }
            case "bbox" -> bbox();
            case "segmentation" -> {
                if (wantsMasks) {
                    see(Key.segmentation);
                    segmentation();
                } else {
                    json.parser().skipChildren();
                }
            }
            default -> json.parser().skipChildren();
        }
    }

    private void see(Key key) {
        if (!seen.add(key)) {
            throw json.fault("has the key " + key + " twice");
        }
    }

    private void bbox() throws IOException {
        JsonParser parser = json.parser();
        if (!json.isArray()) {
            throw json.fault("bbox is no list of four numbers");
        }
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            double value = json.number("bbox");
            if (count == 4 || Math.abs(value) > FARTHEST) {
                throw json.fault(count == 4 ? "bbox has more than four numbers" : "bbox is out of range");
            }
            box[count++] = value;
        }
        if (count != 0) { // pycocotools takes an empty list as no box
            see(Key.bbox);
            if (count < 4) {
                throw json.fault("bbox has " + count + " numbers instead of four");
            }
        }
    }

    private void segmentation() throws IOException {
        if (json.isArray()) {
            polygons = new ArrayList<>();
            while (json.parser().nextToken() != JsonToken.END_ARRAY) {
                if (!json.isArray()) {
                    throw json.fault("segmentation holds a polygon that is no list");
                }
                polygons.add(numbers());
            }
        } else if (json.isObject()) {
            encoded();
        } else {
            throw json.fault("segmentation is neither a list of polygons nor an object of size and counts");
        }
    }

    private double[] numbers() throws IOException {
        double[] numbers = new double[16];
        int count = 0;
        while (json.parser().nextToken() != JsonToken.END_ARRAY) {
            numbers = count == numbers.length ? Arrays.copyOf(numbers, 2 * count) : numbers;
            numbers[count++] = json.number("segmentation");
        }
        return Arrays.copyOf(numbers, count);
    }

    private void encoded() throws IOException {
        JsonParser parser = json.parser();
        maskHeight = 0;
        maskWidth = 0;
        json.object(key -> {
            switch (key) {
                case "size" -> size();
                case "counts" -> {
                    if (json.isArray()) {
                        runs = runs();
                    } else if (parser.currentToken() == JsonToken.VALUE_STRING) {
                        text = parser.getText();
                    } else {
                        throw json.fault("segmentation.counts is neither a list nor a text");
                    }
                }
                default -> parser.skipChildren();
            }
        });
        if ((runs == null) == (text == null) || maskHeight == 0) {
            throw json.fault("segmentation needs size and counts, each once");
        }
    }

    private void size() throws IOException {
        double[] size = json.isArray() ? numbers() : new double[0];
        if (size.length != 2 || !(size[0] >= 1) || !(size[1] >= 1)) {
            throw json.fault("segmentation.size is no list of height and width");
        }
        maskHeight = (long) size[0];
        maskWidth = (long) size[1];
    }

    private int[] runs() throws IOException {
        int[] out = new int[16];
        int count = 0;
        while (json.parser().nextToken() != JsonToken.END_ARRAY) {
            out = count == out.length ? Arrays.copyOf(out, 2 * count) : out;
            long run = json.whole("segmentation.counts");
            if (run < 0 || run > Integer.MAX_VALUE) {
                throw json.fault("segmentation.counts holds " + run);
            }
            out[count++] = (int) run;
        }
        return Arrays.copyOf(out, count);
    }

    /** The text of the mask, null if it has another form. */
    String text() {
        return text;
    }

    /** The mask of the row, on a picture of this size. */
    Mask mask(CocoTruth.Image picture) {
        if (picture.height() == 0) {
            throw json.fault("is of image " + picture.id() + ", which has no height and width");
        }
        int height = picture.height();
        int width = picture.width();
        if (polygons == null && (maskHeight != height || maskWidth != width)) {
            throw json.fault("has a mask of %dx%d, image %d is %dx%d"
                    .formatted(maskHeight, maskWidth, picture.id(), height, width));
        }
        try {
            if (polygons != null) {
                return PolygonMask.of(height, width, polygons);
            }
            return runs != null ? Mask.ofRuns(height, width, runs) : RleCodec.decode(height, width, text);
        } catch (IllegalArgumentException e) {
            throw json.fault("segmentation: " + e.getMessage());
        }
    }
}
