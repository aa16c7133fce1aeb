package io.vertebra.tasks.metrics.coco;

import io.vertebra.datasets.DatasetException;
import io.vertebra.images.Mask;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Reads a list of results. */
final class CocoResultsReader {

    private final Path file;
    private final CocoKind kind;
    private final Map<Long, CocoTruth.Image> images = new HashMap<>();
    private final CocoResults results = new CocoResults();

    CocoResultsReader(Path file, CocoTruth truth, CocoKind kind) {
        this.file = file;
        this.kind = kind;
        truth.images().forEach(image -> images.put(image.id(), image));
    }

    CocoResults read() {
        CocoJson.read(file, json -> {
            if (!json.isArray()) {
                throw new DatasetException(
                        file.toString(), "is no list of results {image_id, category_id, bbox or segmentation, score}");
            }
            CocoRow row = new CocoRow(json, true);
            json.rows("results", () -> row(json, row));
        });
        return results;
    }

    private void row(CocoJson json, CocoRow row) throws IOException {
        row.read();
        row.checkIds();
        row.checkScore();
        CocoTruth.Image image = images.get(row.image);
        if (image == null) {
            throw json.fault("is of image " + row.image + ", which the truth does not have");
        }
        if (!row.hasMask() && (kind == CocoKind.MASK || !row.hasBox())) {
            throw json.fault(
                    kind == CocoKind.MASK
                            ? "has no segmentation; boxes alone are compared as bbox"
                            : "has neither bbox nor segmentation");
        }
        double[] box = row.box;
        if (kind == CocoKind.BOX && row.hasBox()) {
            results.add(row.image, row.category, box[0], box[1], box[2], box[3], row.score);
            return;
        }
        Mask mask = row.mask(image);
        if (row.hasBox()) {
            results.add(row.image, row.category, box[0], box[1], box[2], box[3], mask, row.score);
        } else if (row.text() != null) {
            results.add(row.image, row.category, mask, row.text(), row.score);
        } else {
            results.add(row.image, row.category, mask, row.score);
        }
    }
}
