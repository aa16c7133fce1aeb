package io.vertebra.datasets.formats.coco;

import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.formats.TextFile;
import io.vertebra.datasets.formats.coco.CocoEntry.Kind;
import io.vertebra.datasets.formats.coco.CocoEntry.Pixels;
import io.vertebra.datasets.lint.Faults;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Streams an annotation file into arrays. Of polygons and runs only the place in the file is kept: they are nine tenths of it, and most of them
 * are never asked for.
 */
final class CocoReader {

    private final Faults faults;

    final List<CocoFile.Image> images = new ArrayList<>();
    /** Pictures that were told already; that their annotations have no picture is no news. */
    final Set<Long> refused = new HashSet<>();

    final List<CocoFile.Category> categories = new ArrayList<>();
    final CocoColumns rows = new CocoColumns();

    private CocoReader(Faults faults) {
        this.faults = faults;
    }

    /**
     * The contents of a file.
     *
     * @throws DatasetException if it is no such file; what is wrong with single entries goes to {@code faults}, without them
     */
    static CocoReader read(Path file, Faults faults) {
        CocoReader reader = new CocoReader(faults);
        CocoJson.read(file, reader::document);
        return reader;
    }

    private void document(CocoJson json) throws IOException {
        CocoEntry image = new CocoEntry(json, Kind.IMAGE, Pixels.PASSED_OVER);
        CocoEntry category = new CocoEntry(json, Kind.CATEGORY, Pixels.PASSED_OVER);
        CocoEntry annotation = new CocoEntry(json, Kind.ANNOTATION, Pixels.PLACE);
        Set<String> found = json.lists(Map.of(
                "images", index -> image(image, index),
                "categories", index -> category(category, index),
                "annotations", index -> annotation(annotation, index)));
        json.require(found, "images", "categories");
        if (!found.contains("annotations")) {
            faults.warning("", "has no key 'annotations'; without them nothing can be learnt or measured");
        } else if (rows.count == 0) {
            faults.warning("", "has no annotation that can be used");
        }
    }

    private void image(CocoEntry entry, int index) throws IOException {
        entry.read(index);
        entry.require(CocoKey.ID, CocoKey.WIDTH, CocoKey.HEIGHT, CocoKey.FILE_NAME);
        String fileName = entry.text(CocoKey.FILE_NAME);
        if (entry.has(CocoKey.FILE_NAME) && !TextFile.staysInside(fileName)) {
            entry.error("file_name '" + fileName + "' lies outside the image folder");
        }
        if (entry.tell(faults)) {
            int height = (int) entry.whole(CocoKey.HEIGHT);
            images.add(new CocoFile.Image(entry.whole(CocoKey.ID), fileName, height, (int) entry.whole(CocoKey.WIDTH)));
        } else if (entry.has(CocoKey.ID)) {
            refused.add(entry.whole(CocoKey.ID));
        }
    }

    private void category(CocoEntry entry, int index) throws IOException {
        entry.read(index);
        entry.require(CocoKey.ID, CocoKey.NAME);
        if (entry.has(CocoKey.NAME) && entry.text(CocoKey.NAME).isBlank()) {
            entry.error("name missing");
        }
        if (entry.tell(faults)) {
            categories.add(new CocoFile.Category(entry.whole(CocoKey.ID), entry.text(CocoKey.NAME)));
        }
    }

    private void annotation(CocoEntry entry, int index) throws IOException {
        entry.read(index);
        entry.require(CocoKey.ID, CocoKey.IMAGE, CocoKey.CATEGORY, CocoKey.BOX);
        double[] box = entry.box();
        if (entry.has(CocoKey.BOX) && (box[2] < 0 || box[3] < 0)) {
            entry.error("bbox has the negative " + (box[2] < 0 ? "width " + box[2] : "height " + box[3]));
        }
        if (entry.tell(faults)) {
            int row = rows.add();
            rows.ids[row] = entry.whole(CocoKey.ID);
            rows.imageIds[row] = entry.whole(CocoKey.IMAGE);
            rows.categoryIds[row] = entry.whole(CocoKey.CATEGORY);
            rows.boxes[4 * row] = (float) box[0];
            rows.boxes[4 * row + 1] = (float) box[1];
            rows.boxes[4 * row + 2] = (float) (box[0] + box[2]);
            rows.boxes[4 * row + 3] = (float) (box[1] + box[3]);
            rows.areas[row] = entry.has(CocoKey.AREA) ? entry.number(CocoKey.AREA) : Double.NaN;
            rows.crowds[row] = entry.crowd();
            rows.kinds[row] = entry.form();
            rows.offsets[row] = entry.from();
            rows.lengths[row] = entry.length();
        }
    }
}
