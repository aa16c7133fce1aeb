package io.vertebra.tasks.metrics.coco;

import io.vertebra.graph.op.GraphException;
import io.vertebra.images.Box;
import io.vertebra.images.Mask;
import io.vertebra.images.MaskOverlap;
import io.vertebra.images.PackedMask;
import java.util.List;

/**
 * How much the detections of one picture and category overlap its objects. Against a crowd, the detection's own area is what counts. Masks are only
 * compared where area and box leave an overlap possible that counts; elsewhere it is given as 0.
 */
final class Overlaps {

    private static final Box NOWHERE = new Box(0, 0, 0, 0);

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
        Silhouette[] there = kind == CocoKind.MASK && count > 0 ? silhouettes(objectRows) : null;
        for (int d = 0; d < count; d++) {
            int row = rows[from + d];
            if (there != null) {
                ofMasks(row, there, d * objects);
            }
            best[d] = 0;
            for (int g = 0; g < objects; g++) {
                if (there == null) {
                    values[d * objects + g] = ofBoxes(row, annotations.get(objectRows[g]));
                }
                best[d] = Math.max(best[d], values[d * objects + g]);
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
        return share(width * height, w * h, object.width() * object.height(), object.crowd());
    }

    private static double share(double common, double found, double there, boolean crowd) {
        return common / (crowd ? found : found + there - common);
    }

    /** What is compared of an object first: most detections lie elsewhere or are of another size. */
    private record Silhouette(Mask mask, int area, Box bounds, boolean crowd) {

        /** How many pixels a detection of that box and area can have in common with the object at the most. */
        double most(Box box, int itsArea) {
            double width = Math.min(box.x2(), bounds.x2()) - Math.max(box.x1(), bounds.x1());
            double height = Math.min(box.y2(), bounds.y2()) - Math.max(box.y1(), bounds.y1());
            return width <= 0 || height <= 0 ? 0 : Math.min(width * height, Math.min(area, itsArea));
        }
    }

    private Silhouette[] silhouettes(int... objectRows) {
        Silhouette[] silhouettes = new Silhouette[objectRows.length];
        for (int g = 0; g < objectRows.length; g++) {
            CocoTruth.Annotation object = annotations.get(objectRows[g]);
            Mask mask = object.mask()
                    .orElseThrow(() -> new GraphException("truth", "annotation " + object.id() + " has no mask"));
            silhouettes[g] = new Silhouette(mask, mask.area(), mask.bounds().orElse(NOWHERE), object.crowd());
        }
        return silhouettes;
    }

    private void ofMasks(int row, Silhouette[] there, int at) {
        PackedMask packed = results.mask(row);
        if (packed == null) {
            throw new GraphException("results", "row " + row + " has no mask");
        }
        Box box = packed.bounds().orElse(NOWHERE);
        Mask found = null;
        for (int g = 0; g < there.length; g++) {
            Silhouette object = there[g];
            if (packed.height() != object.mask().height()
                    || packed.width() != object.mask().width()) {
                throw new GraphException(
                        "results",
                        "row %d has a mask of %dx%d, the truth %dx%d"
                                .formatted(
                                        row,
                                        packed.height(),
                                        packed.width(),
                                        object.mask().height(),
                                        object.mask().width()));
            }
            double most = share(object.most(box, packed.area()), packed.area(), object.area(), object.crowd());
            if (most >= CocoSummary.threshold(0)) {
                found = found == null ? packed.unpacked() : found;
                values[at + g] = object.crowd()
                        ? MaskOverlap.ioCrowd(found, object.mask())
                        : MaskOverlap.iou(found, object.mask());
            } else {
                values[at + g] = 0; // also where two empty masks make it NaN
            }
        }
    }
}
