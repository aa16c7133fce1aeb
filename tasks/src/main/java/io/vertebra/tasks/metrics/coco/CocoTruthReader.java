package io.vertebra.tasks.metrics.coco;

import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.formats.coco.CocoEntry;
import io.vertebra.datasets.formats.coco.CocoEntry.Kind;
import io.vertebra.datasets.formats.coco.CocoEntry.Pixels;
import io.vertebra.datasets.formats.coco.CocoJson;
import io.vertebra.datasets.formats.coco.CocoKey;
import io.vertebra.datasets.formats.coco.CocoPixels;
import io.vertebra.datasets.lint.Faults;
import io.vertebra.graph.op.GraphException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads instances. A scorer needs less than a data set (neither names of files nor sizes for boxes) and more (areas), and keeps boxes as they are
 * written: outside of their picture or turned inside out, pycocotools counts them too.
 */
final class CocoTruthReader {

    private static final int LONGEST_NAME = 40;

    private final Path file;
    private final CocoKind kind;
    private final Faults faults;
    private final CocoTruth.Builder builder = CocoTruth.builder();
    private final Map<Long, CocoTruth.Image> images = new HashMap<>();
    private final Set<Long> categories = new HashSet<>();
    private final Set<Long> ids = new HashSet<>();
    /** In the order of the file; masks come last, for they need the sizes of the pictures. */
    private final List<CocoTruth.Annotation> annotations = new ArrayList<>();

    private final List<CocoPixels> pixels = new ArrayList<>();

    CocoTruthReader(Path file, CocoKind kind) {
        this.file = file;
        this.kind = kind;
        this.faults = Faults.throwing(file.toString());
    }

    CocoTruth read() {
        CocoJson.read(file, this::document);
        for (int i = 0; i < annotations.size(); i++) {
            builder.annotation(
                    kind == CocoKind.MASK ? masked(annotations.get(i), pixels.set(i, null)) : annotations.get(i));
        }
        try {
            return builder.build();
        } catch (GraphException e) {
            throw new DatasetException(file.toString(), "", e.getMessage(), e);
        }
    }

    private void document(CocoJson json) throws IOException {
        CocoEntry image = new CocoEntry(json, Kind.IMAGE, Pixels.PASSED_OVER);
        CocoEntry category = new CocoEntry(json, Kind.CATEGORY, Pixels.PASSED_OVER);
        CocoEntry annotation =
                new CocoEntry(json, Kind.ANNOTATION, kind == CocoKind.MASK ? Pixels.READ : Pixels.PASSED_OVER);
        Set<String> found = json.lists(Map.of(
                "images", index -> image(image, index),
                "categories", index -> category(category, index),
                "annotations", index -> annotation(annotation, index)));
        json.require(found, "images", "categories", "annotations");
    }

    private void image(CocoEntry entry, int index) throws IOException {
        entry.read(index);
        entry.require(CocoKey.ID);
        if (entry.has(CocoKey.HEIGHT) != entry.has(CocoKey.WIDTH)) {
            entry.require(CocoKey.HEIGHT, CocoKey.WIDTH);
        }
        entry.tell(faults);
        long id = entry.whole(CocoKey.ID);
        boolean isSized = entry.has(CocoKey.HEIGHT);
        int height = isSized ? (int) entry.whole(CocoKey.HEIGHT) : 0;
        CocoTruth.Image image = new CocoTruth.Image(id, height, isSized ? (int) entry.whole(CocoKey.WIDTH) : 0);
        if (images.put(id, image) != null) {
            faults.error(entry.position(), "an earlier image has the same id");
        }
        builder.image(image);
    }

    private void category(CocoEntry entry, int index) throws IOException {
        entry.read(index);
        entry.require(CocoKey.ID);
        entry.tell(faults);
        long id = entry.whole(CocoKey.ID);
        if (!categories.add(id)) {
            faults.error(entry.position(), "an earlier category has the same id");
        }
        builder.category(id, entry.has(CocoKey.NAME) ? shown(entry.text(CocoKey.NAME)) : "category " + id);
    }

    /** A name of the file, as it may stand in a table. */
    private static String shown(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        return plain.length() > LONGEST_NAME ? plain.substring(0, LONGEST_NAME) + "..." : plain;
    }

    private void annotation(CocoEntry entry, int index) throws IOException {
        entry.read(index);
        entry.require(
                CocoKey.ID,
                CocoKey.IMAGE,
                CocoKey.CATEGORY,
                CocoKey.AREA,
                kind == CocoKind.BOX ? CocoKey.BOX : CocoKey.PIXELS);
        entry.tell(faults);
        if (!ids.add(entry.whole(CocoKey.ID))) {
            faults.error(entry.position(), "another annotation has the same id");
        }
        double[] box = entry.has(CocoKey.BOX) ? entry.box() : new double[4];
        annotations.add(new CocoTruth.Annotation(
                entry.whole(CocoKey.ID),
                entry.whole(CocoKey.IMAGE),
                entry.whole(CocoKey.CATEGORY),
                box[0],
                box[1],
                box[2],
                box[3],
                entry.number(CocoKey.AREA),
                entry.crowd(),
                Optional.empty()));
        if (kind == CocoKind.MASK) {
            pixels.add(entry.pixels());
        }
    }

    /** The same with its mask; an annotation of an unknown picture, which does not count, has none. */
    private CocoTruth.Annotation masked(CocoTruth.Annotation a, CocoPixels pixels) {
        CocoTruth.Image image = images.get(a.image());
        if (image == null) {
            return a;
        }
        try {
            return a.with(pixels.mask(image.size()));
        } catch (IllegalArgumentException e) {
            throw new DatasetException(file.toString(), "annotation " + a.id(), e.getMessage(), e);
        }
    }
}
