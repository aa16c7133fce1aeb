package io.vertebra.tasks.metrics.coco;

import io.vertebra.datasets.DatasetException;
import io.vertebra.graph.op.GraphException;
import io.vertebra.images.Mask;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads instances. Masks need the sizes of the pictures: where these come after the annotations, the file is read a second time. */
final class CocoTruthReader {

    private static final int LONGEST_SIDE = 1 << 20;
    private static final long MOST_PIXELS = 178_956_970;

    private final Path file;
    private final CocoKind kind;
    private final CocoTruth.Builder builder = CocoTruth.builder();
    private final Map<Long, CocoTruth.Image> images = new HashMap<>();
    private final Set<Long> categories = new HashSet<>();
    private final Set<Long> annotations = new HashSet<>();
    private final Set<String> lists = new HashSet<>();
    private boolean isLate;

    CocoTruthReader(Path file, CocoKind kind) {
        this.file = file;
        this.kind = kind;
    }

    CocoTruth read() {
        CocoJson.read(file, json -> root(json, false));
        for (String list : new String[] {"images", "annotations", "categories"}) {
            if (!lists.contains(list)) {
                throw new DatasetException(file.toString(), "has no list " + list + "; is this a file of instances?");
            }
        }
        if (isLate) {
            CocoJson.read(file, json -> root(json, true));
        }
        try {
            return builder.build();
        } catch (GraphException e) {
            throw new DatasetException(file.toString(), "", e.getMessage(), e);
        }
    }

    private void root(CocoJson json, boolean isSecond) throws IOException {
        if (!json.isObject()) {
            throw new DatasetException(
                    file.toString(),
                    json.isArray()
                            ? "is a list, as results are; the truth is an object with images, annotations and categories"
                            : "is no object with images, annotations and categories");
        }
        json.object(key -> {
            boolean wants = isSecond ? key.equals("annotations") : wantsNow(key);
            if (!wants) {
                json.parser().skipChildren();
                return;
            }
            CocoRow row = new CocoRow(json, kind == CocoKind.MASK);
            switch (key) {
                case "images" -> json.rows(key, () -> image(json));
                case "categories" -> json.rows(key, () -> category(json));
                default -> json.rows(key, () -> annotation(json, row));
            }
        });
    }

    /** Whether the list is read in the first round. */
    private boolean wantsNow(String key) {
        if (!key.equals("images") && !key.equals("annotations") && !key.equals("categories")) {
            return false;
        }
        lists.add(key);
        boolean isEarly = key.equals("annotations") && kind == CocoKind.MASK && !lists.contains("images");
        isLate |= isEarly;
        return !isEarly;
    }

    private void image(CocoJson json) throws IOException {
        long[] values = {-1, 0, 0};
        boolean[] hasId = {false};
        json.object(key -> {
            switch (key) {
                case "id" -> {
                    values[0] = json.whole(key);
                    hasId[0] = true;
                }
                case "height" -> values[1] = json.whole(key);
                case "width" -> values[2] = json.whole(key);
                default -> json.parser().skipChildren();
            }
        });
        boolean isPlain = values[1] >= 0
                && values[2] >= 0
                && values[1] <= LONGEST_SIDE
                && values[2] <= LONGEST_SIDE
                && values[1] * values[2] <= MOST_PIXELS
                && values[1] > 0 == values[2] > 0;
        if (!hasId[0] || !isPlain) {
            throw json.fault(hasId[0] ? "has the size %dx%d".formatted(values[1], values[2]) : "has no id");
        }
        CocoTruth.Image image = new CocoTruth.Image(values[0], (int) values[1], (int) values[2]);
        if (images.put(image.id(), image) != null) {
            throw json.fault("has the id " + image.id() + " of another one");
        }
        builder.image(image);
    }

    private void category(CocoJson json) throws IOException {
        long[] id = {0};
        String[] name = {null};
        boolean[] hasId = {false};
        json.object(key -> {
            switch (key) {
                case "id" -> {
                    id[0] = json.whole(key);
                    hasId[0] = true;
                }
                case "name" -> name[0] = json.parser().getValueAsString();
                default -> json.parser().skipChildren();
            }
            json.parser().skipChildren();
        });
        if (!hasId[0] || !categories.add(id[0])) {
            throw json.fault(hasId[0] ? "has the id " + id[0] + " of another one" : "has no id");
        }
        builder.category(id[0], name[0] == null ? "category " + id[0] : CocoJson.shown(name[0]));
    }

    private void annotation(CocoJson json, CocoRow row) throws IOException {
        row.read();
        row.checkIds();
        if (!row.hasId() || !annotations.add(row.id)) {
            throw json.fault(row.hasId() ? "has the id " + row.id + " of another one" : "has no id");
        }
        if (!row.hasArea()) {
            throw json.fault("id " + row.id + " has no area, which decides its class of size");
        }
        if (kind == CocoKind.BOX ? !row.hasBox() : !row.hasMask()) {
            throw json.fault("id " + row.id + " has no " + (kind == CocoKind.BOX ? "bbox" : "segmentation"));
        }
        if (!row.hasBox()) {
            Arrays.fill(row.box, 0);
        }
        CocoTruth.Image image = images.get(row.image);
        Optional<Mask> mask = kind == CocoKind.MASK && image != null ? Optional.of(row.mask(image)) : Optional.empty();
        builder.annotation(new CocoTruth.Annotation(
                row.id,
                row.image,
                row.category,
                row.box[0],
                row.box[1],
                row.box[2],
                row.box[3],
                row.area,
                row.crowd,
                mask));
    }
}
