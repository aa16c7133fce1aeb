package io.vertebra.tasks.metrics.coco;

import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.formats.coco.CocoEntry;
import io.vertebra.datasets.formats.coco.CocoEntry.Kind;
import io.vertebra.datasets.formats.coco.CocoEntry.Pixels;
import io.vertebra.datasets.formats.coco.CocoJson;
import io.vertebra.datasets.formats.coco.CocoKey;
import io.vertebra.datasets.lint.Faults;
import io.vertebra.images.PackedMask;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Reads a list of results. */
final class CocoResultsReader {

    private final Path file;
    private final CocoKind kind;
    private final Faults faults;
    private final Map<Long, CocoTruth.Image> images = new HashMap<>();
    private final CocoResults results = new CocoResults();

    CocoResultsReader(Path file, CocoTruth truth, CocoKind kind) {
        this.file = file;
        this.kind = kind;
        this.faults = Faults.throwing(file.toString());
        truth.images().forEach(image -> images.put(image.id(), image));
    }

    CocoResults read() {
        CocoJson.read(file, json -> {
            if (!json.isList()) {
                throw new DatasetException(
                        file.toString(), "is no list of results {image_id, category_id, bbox or segmentation, score}");
            }
            CocoEntry entry = new CocoEntry(json, Kind.RESULT, Pixels.READ);
            json.list("results", index -> row(entry, index));
        });
        return results;
    }

    private void row(CocoEntry entry, int index) throws IOException {
        entry.read(index);
        entry.require(CocoKey.IMAGE, CocoKey.CATEGORY);
        if (!entry.has(CocoKey.SCORE)) {
            entry.error("has no score; are these results?");
        }
        if (kind == CocoKind.MASK) {
            entry.require(CocoKey.PIXELS);
        } else if (!entry.has(CocoKey.PIXELS)) {
            entry.require(CocoKey.BOX);
        }
        entry.tell(faults);
        long imageId = entry.whole(CocoKey.IMAGE);
        CocoTruth.Image image = images.get(imageId);
        if (image == null) {
            faults.error(entry.position(), "image_id " + imageId + " does not exist in the truth");
        }
        long category = entry.whole(CocoKey.CATEGORY);
        double score = entry.number(CocoKey.SCORE);
        double[] box = entry.box();
        Optional<PackedMask> mask =
                kind == CocoKind.BOX && entry.has(CocoKey.BOX) ? Optional.empty() : Optional.of(mask(entry, image));
        if (mask.isEmpty()) {
            results.add(imageId, category, box[0], box[1], box[2], box[3], score);
        } else if (entry.has(CocoKey.BOX)) {
            results.add(imageId, category, box[0], box[1], box[2], box[3], mask.get(), score);
        } else {
            results.add(imageId, category, mask.get(), score);
        }
    }

    private PackedMask mask(CocoEntry entry, CocoTruth.Image image) {
        try {
            return entry.pixels().packed(image.size());
        } catch (IllegalArgumentException e) {
            throw new DatasetException(file.toString(), entry.position(), e.getMessage(), e);
        }
    }
}
