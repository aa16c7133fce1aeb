package io.vertebra.datasets.formats.coco;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.formats.TextFile;
import io.vertebra.datasets.lint.Faults;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Streams an annotation file into arrays. Of polygons and runs only the place in the file is kept: they are nine tenths of it, and most of them
 * are never asked for.
 */
final class CocoReader {

    private static final Set<String> KEYS = Set.of("images", "annotations", "categories");

    private final String name;
    private final Faults faults;
    private final CocoProblems problems = new CocoProblems();
    private final JsonParser p;
    private final long start;

    final List<CocoFile.Image> images = new ArrayList<>();
    /** Pictures that were told already; that their annotations have no picture is no news. */
    final Set<Long> refused = new HashSet<>();

    final List<CocoFile.Category> categories = new ArrayList<>();
    final CocoColumns rows = new CocoColumns();

    private CocoReader(String name, Faults faults, JsonParser p, long start) {
        this.name = name;
        this.faults = faults;
        this.p = p;
        this.start = start;
    }

    /**
     * The contents of a file.
     *
     * @throws DatasetException if it is no such file; what is wrong with single entries goes to {@code faults}, without them
     */
    static CocoReader read(Path file, Faults faults) {
        String name = file.toString();
        try (CocoJson.Opened opened = CocoJson.open(file);
                JsonParser p = CocoJson.FACTORY.createParser(opened.in())) {
            CocoReader reader = new CocoReader(name, faults, p, opened.start());
            reader.document();
            return reader;
        } catch (JsonProcessingException e) {
            throw CocoJson.broken(name, e);
        } catch (IOException e) {
            throw new DatasetException(name, "", "cannot be read: " + e.getMessage(), e);
        }
    }

    private void document() throws IOException {
        JsonToken first = p.nextToken();
        if (first != JsonToken.START_OBJECT) {
            throw new DatasetException(
                    name,
                    "has no object with images, annotations and categories"
                            + (first == JsonToken.START_ARRAY ? " but a list; this looks like a results file" : ""));
        }
        Set<String> seen = new HashSet<>();
        while (p.nextToken() == JsonToken.FIELD_NAME) {
            String key = p.currentName();
            p.nextToken();
            if (!KEYS.contains(key)) {
                p.skipChildren();
                continue;
            }
            if (!seen.add(key)) {
                throw new DatasetException(name, "has the key '" + key + "' twice");
            }
            switch (key) {
                case "images" -> list(key, this::image);
                case "categories" -> list(key, this::category);
                default -> list(key, this::annotation);
            }
        }
        if (p.nextToken() != null) {
            throw new DatasetException(
                    name,
                    "line " + p.currentTokenLocation().getLineNr(),
                    "unexpected text after the end of the document",
                    null);
        }
        for (String key : List.of("images", "categories")) {
            if (!seen.contains(key)) {
                throw new DatasetException(name, "has no key '" + key + "'");
            }
        }
        if (!seen.contains("annotations")) {
            faults.warning("", "has no key 'annotations'; without them nothing can be learnt or measured");
        } else if (rows.count == 0) {
            faults.warning("", "has no annotation that can be used");
        }
    }

    /** Reads one entry whose object has begun; its place in its list names it where it has no id. */
    private interface Entry {
        void read(int index) throws IOException;
    }

    private void list(String key, Entry entry) throws IOException {
        if (p.currentToken() != JsonToken.START_ARRAY) {
            throw new DatasetException(name, "'" + key + "' must be a list");
        }
        for (int i = 0; p.nextToken() != JsonToken.END_ARRAY; i++) {
            if (p.currentToken() != JsonToken.START_OBJECT) {
                throw new DatasetException(name, key + "[" + i + "]", "must be an object", null);
            }
            problems.clear();
            entry.read(i);
        }
    }

    private String position(String noun, Optional<Long> id, String list, int index) {
        return id.map(value -> noun + " " + value).orElse(list + "[" + index + "]");
    }

    private void image(int index) throws IOException {
        Optional<Long> id = Optional.empty();
        Optional<Long> height = Optional.empty();
        Optional<Long> width = Optional.empty();
        String fileName = null;
        while (p.nextToken() == JsonToken.FIELD_NAME) {
            String key = p.currentName();
            p.nextToken();
            switch (key) {
                case "id" -> id = CocoJson.whole(p, key, problems);
                case "height" -> height = CocoJson.whole(p, key, problems);
                case "width" -> width = CocoJson.whole(p, key, problems);
                case "file_name" -> fileName = text(key);
                default -> p.skipChildren();
            }
        }
        boolean sized = height.isPresent() && width.isPresent();
        if (sized && !(isSide(height.get()) && isSide(width.get()))) {
            problems.error("has the invalid size " + width.get() + "x" + height.get());
        }
        require(id.isPresent(), "id");
        require(width.isPresent(), "width");
        require(height.isPresent(), "height");
        require(fileName != null, "file_name");
        if (fileName != null && !TextFile.staysInside(fileName)) {
            problems.error("file_name '" + fileName + "' lies outside the image folder");
        }
        if (problems.tell(faults, position("image", id, "images", index))) {
            images.add(new CocoFile.Image(id.get(), fileName, (int) (long) height.get(), (int) (long) width.get()));
        } else {
            id.ifPresent(refused::add);
        }
    }

    private static boolean isSide(long length) {
        return length >= 1 && length <= 1 << 20;
    }

    private void require(boolean there, String what) {
        if (!there && !problems.mention(what)) {
            problems.error(what + " missing");
        }
    }

    private String text(String key) throws IOException {
        if (p.currentToken() == JsonToken.VALUE_STRING) {
            return p.getText();
        }
        p.skipChildren();
        problems.error(key + " must be a text");
        return null;
    }

    private void category(int index) throws IOException {
        Optional<Long> id = Optional.empty();
        String category = null;
        while (p.nextToken() == JsonToken.FIELD_NAME) {
            String key = p.currentName();
            p.nextToken();
            switch (key) {
                case "id" -> id = CocoJson.whole(p, key, problems);
                case "name" -> category = text(key);
                default -> p.skipChildren();
            }
        }
        require(id.isPresent(), "id");
        require(category != null && !category.isBlank(), "name");
        if (problems.tell(faults, position("category", id, "categories", index))) {
            categories.add(new CocoFile.Category(id.get(), category));
        }
    }

    private void annotation(int index) throws IOException {
        Optional<Long> id = Optional.empty();
        Optional<Long> image = Optional.empty();
        Optional<Long> category = Optional.empty();
        double[] box = null;
        boolean hasBox = false;
        double area = Double.NaN;
        boolean crowd = false;
        byte kind = CocoColumns.NO_PIXELS;
        long from = 0;
        long to = 0;
        int seen = 0;
        while (p.nextToken() == JsonToken.FIELD_NAME) {
            String key = p.currentName();
            p.nextToken();
            int bit = 0;
            switch (key) {
                case "id" -> {
                    bit = 1;
                    id = CocoJson.whole(p, key, problems);
                }
                case "image_id" -> {
                    bit = 2;
                    image = CocoJson.whole(p, key, problems);
                }
                case "category_id" -> {
                    bit = 4;
                    category = CocoJson.whole(p, key, problems);
                }
                case "bbox" -> {
                    bit = 8;
                    hasBox = p.currentToken() != JsonToken.VALUE_NULL;
                    box = box();
                }
                case "area" -> {
                    bit = 16;
                    area = area();
                }
                case "iscrowd" -> {
                    bit = 32;
                    crowd = crowd();
                }
                case "segmentation" -> {
                    bit = 64;
                    from = start + p.currentTokenLocation().getByteOffset();
                    kind = pixels();
                    to = start + p.currentLocation().getByteOffset();
                }
                default -> p.skipChildren();
            }
            if ((seen & bit) != 0) {
                problems.error("has the key '" + key + "' twice");
            }
            seen |= bit;
        }
        require(id.isPresent(), "id");
        require(image.isPresent(), "image_id");
        require(category.isPresent(), "category_id");
        require(hasBox, "bbox");
        if (to - from > 1 << 26) {
            problems.error("segmentation takes more than 64 MiB");
        }
        if (problems.tell(faults, position("annotation", id, "annotations", index))) {
            int row = rows.add();
            rows.ids[row] = id.get();
            rows.imageIds[row] = image.get();
            rows.categoryIds[row] = category.get();
            rows.boxes[4 * row] = (float) box[0];
            rows.boxes[4 * row + 1] = (float) box[1];
            rows.boxes[4 * row + 2] = (float) (box[0] + box[2]);
            rows.boxes[4 * row + 3] = (float) (box[1] + box[3]);
            rows.areas[row] = area;
            rows.crowds[row] = crowd;
            rows.kinds[row] = kind;
            rows.offsets[row] = from;
            rows.lengths[row] = (int) (to - from);
        }
    }

    private double[] box() throws IOException {
        double[] box = new double[4];
        if (p.currentToken() != JsonToken.START_ARRAY) {
            p.skipChildren();
            if (p.currentToken() != JsonToken.VALUE_NULL) {
                problems.error("bbox must be a list of four numbers");
            }
            return box;
        }
        int count = 0;
        boolean numbers = true;
        for (; p.nextToken() != JsonToken.END_ARRAY; count++) {
            if (!CocoJson.isNumber(p)) {
                numbers = false;
                p.skipChildren();
            } else if (count < 4) {
                box[count] = p.getDoubleValue();
            }
        }
        if (!numbers) {
            problems.error("bbox must hold numbers");
        } else if (count != 4) {
            problems.error("bbox needs 4 numbers, has " + count);
        } else if (!isFinite(box)) {
            problems.error("bbox is not finite or out of range");
        } else if (box[2] < 0 || box[3] < 0) {
            problems.error("bbox has the negative " + (box[2] < 0 ? "width " + box[2] : "height " + box[3]));
        }
        return box;
    }

    private static boolean isFinite(double[] box) {
        for (double value : box) {
            if (!(Math.abs(value) < 1e9)) {
                return false;
            }
        }
        return true;
    }

    private double area() throws IOException {
        if (p.currentToken() == JsonToken.VALUE_NULL) {
            return Double.NaN;
        }
        double area = CocoJson.isNumber(p) ? p.getDoubleValue() : -1;
        p.skipChildren();
        if (!(area >= 0 && area < Double.POSITIVE_INFINITY)) {
            problems.error("area must be a finite number from 0 on");
        }
        return area;
    }

    private boolean crowd() throws IOException {
        boolean is = p.currentToken() == JsonToken.VALUE_TRUE || (CocoJson.isNumber(p) && p.getDoubleValue() == 1);
        boolean isNot = p.currentToken() == JsonToken.VALUE_FALSE
                || p.currentToken() == JsonToken.VALUE_NULL
                || (CocoJson.isNumber(p) && p.getDoubleValue() == 0);
        p.skipChildren();
        if (!is && !isNot) {
            problems.error("iscrowd must be 0 or 1");
        }
        return is;
    }

    /** Passes over a segmentation and says what it is. */
    private byte pixels() throws IOException {
        JsonToken first = p.currentToken();
        if (first == JsonToken.START_OBJECT) {
            p.skipChildren();
            return CocoColumns.RUNS;
        }
        if (first == JsonToken.START_ARRAY) {
            if (p.nextToken() == JsonToken.END_ARRAY) {
                return CocoColumns.EMPTY_LIST;
            }
            for (int open = 1; open > 0; ) {
                open += p.currentToken().isStructStart() ? 1 : p.currentToken().isStructEnd() ? -1 : 0;
                if (open > 0) {
                    p.nextToken();
                }
            }
            return CocoColumns.POLYGONS;
        }
        if (first != JsonToken.VALUE_NULL) {
            problems.error("segmentation must be a list of polygons or run lengths");
        }
        return CocoColumns.NO_PIXELS;
    }
}
