package io.vertebra.tasks.metrics.coco;

import io.vertebra.graph.op.GraphException;
import io.vertebra.images.Box;
import io.vertebra.images.Mask;
import io.vertebra.images.MaskOverlap;
import java.util.List;

/** How much the detections of one picture and category overlap its objects. Against a crowd, the detection's own area is what counts. */
final class Overlaps {

    private final List<CocoTruth.Annotation> annotations;
    private final CocoResults results;
    private final CocoKind kind;

    /** (detection, object). */
    private double[] values = new double[0];

    private double[] best = new double[0];
    private int objects;

    Overlaps(CocoTruth truth, CocoResults results, CocoKind kind) {
        this.annotations = truth.annotations();
        this.results = results;
        this.kind = kind;
    }

    double of(int detection, int object) {
        return values[detection * objects + object];
    }

    /** The largest of a detection. */
    double best(int detection) {
        return best[detection];
    }

    void fill(int[] rows, int from, int count, int[] objectRows) {
        objects = objectRows.length;
        if (values.length < count * objects) {
            values = new double[count * objects];
        }
        best = best.length < count ? new double[count] : best;
        Box[] bounds = new Box[objects];
        for (int g = 0; count > 0 && kind == CocoKind.MASK && g < objects; g++) {
            bounds[g] = bounds(mask(annotations.get(objectRows[g])));
        }
        for (int d = 0; d < count; d++) {
            int row = rows[from + d];
            best[d] = 0;
            Mask found = kind == CocoKind.MASK ? mask(row) : null;
            Box box = found == null ? null : bounds(found);
            for (int g = 0; g < objects; g++) {
                CocoTruth.Annotation object = annotations.get(objectRows[g]);
                double overlap =
                        kind == CocoKind.MASK ? ofMasks(row, found, box, object, bounds[g]) : ofBoxes(row, object);
                values[d * objects + g] = overlap;
                best[d] = Math.max(best[d], overlap);
            }
        }
    }

    private double ofBoxes(int row, CocoTruth.Annotation object) {
        double x = results.box(row, 0);
        double y = results.box(row, 1);
        double w = results.box(row, 2);
        double h = results.box(row, 3);
        double width = Math.min(x + w, object.x() + object.width()) - Math.max(x, object.x());
        double height = Math.min(y + h, object.y() + object.height()) - Math.max(y, object.y());
        if (width <= 0 || height <= 0) {
            return 0;
        }
        double common = width * height;
        return common / (object.crowd() ? w * h : w * h + object.width() * object.height() - common);
    }

    private double ofMasks(int row, Mask found, Box box, CocoTruth.Annotation object, Box other) {
        Mask there = mask(object);
        if (found.height() != there.height() || found.width() != there.width()) {
            throw new GraphException(
                    "results",
                    "row %d has a mask of %dx%d, the truth %dx%d"
                            .formatted(row, found.height(), found.width(), there.height(), there.width()));
        }
        boolean isApart =
                box.x2() <= other.x1() || other.x2() <= box.x1() || box.y2() <= other.y1() || other.y2() <= box.y1();
        if (isApart) {
            return 0;
        }
        return object.crowd() ? MaskOverlap.ioCrowd(found, there) : MaskOverlap.iou(found, there);
    }

    private Mask mask(int row) {
        Mask mask = results.mask(row);
        if (mask == null) {
            throw new GraphException("results", "row " + row + " has no mask");
        }
        return mask;
    }

    private static Mask mask(CocoTruth.Annotation object) {
        return object.mask()
                .orElseThrow(() -> new GraphException("truth", "annotation " + object.id() + " has no mask"));
    }

    private static Box bounds(Mask mask) {
        return mask.bounds().orElse(new Box(0, 0, 0, 0));
    }
}
