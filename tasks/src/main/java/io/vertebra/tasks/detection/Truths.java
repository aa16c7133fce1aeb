package io.vertebra.tasks.detection;

import io.vertebra.datasets.Instance;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Box;
import java.util.List;

/** The objects of a sample that a detector learns of, and their corners. */
final class Truths {
    private Truths() {}

    /** Those with an area; crowds are nobody's truth. */
    static List<Instance> of(Sample sample) {
        return sample.annotations().objects().stream()
                .filter(o -> !o.crowd() && o.box().area() > 0)
                .toList();
    }

    /** Their boxes (n, 4) as x1, y1, x2, y2. */
    static float[] corners(List<Instance> objects) {
        float[] corners = new float[4 * objects.size()];
        for (int i = 0; i < objects.size(); i++) {
            Box box = objects.get(i).box();
            corners[4 * i] = box.x1();
            corners[4 * i + 1] = box.y1();
            corners[4 * i + 2] = box.x2();
            corners[4 * i + 3] = box.y2();
        }
        return corners;
    }
}
