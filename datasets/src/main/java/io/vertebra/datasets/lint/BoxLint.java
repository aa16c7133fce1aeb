package io.vertebra.datasets.lint;

import io.vertebra.datasets.Instance;
import io.vertebra.images.Box;
import java.util.List;

/** Looks at the boxes of one picture together. */
public final class BoxLint {

    /** Two boxes of a class that overlap more than this were drawn around one object, as a rule. */
    private static final double NEAR = 0.9;

    /** Pictures with more objects than this are crowds in which pairs mean little, and take long. */
    private static final int MOST = 5000;

    private BoxLint() {}

    /** Warns of objects whose box nearly equals that of an earlier one of the same class. */
    public static void nearDuplicates(List<Instance> objects, String noun, Faults faults) {
        for (int i = 1; i < Math.min(objects.size(), MOST); i++) {
            Instance later = objects.get(i);
            for (int k = 0; k < i; k++) {
                Instance earlier = objects.get(k);
                if (earlier.label() == later.label() && !earlier.crowd() && !later.crowd()) {
                    double iou = iou(earlier.box(), later.box());
                    if (iou > NEAR) {
                        faults.warning(
                                noun + " " + later.id(),
                                "nearly the same box as %s %d of its class (IoU %.3f)"
                                        .formatted(noun, earlier.id(), iou));
                        break;
                    }
                }
            }
        }
    }

    private static double iou(Box a, Box b) {
        double width = Math.min(a.x2(), b.x2()) - Math.max(a.x1(), b.x1());
        double height = Math.min(a.y2(), b.y2()) - Math.max(a.y1(), b.y1());
        if (width <= 0 || height <= 0) {
            return 0;
        }
        return width * height / (a.area() + b.area() - width * height);
    }
}
