package io.vertebra.heads;

import io.vertebra.graph.op.Size;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** The anchors of a detector, remembered by the size of the picture; it may be used by many threads. */
final class AnchorBoxes {
    private static final int SIZES_REMEMBERED = 64;

    private final LevelSizes levels;
    private final AnchorLayout layout;
    private final Map<Size, float[]> remembered = new ConcurrentHashMap<>();

    AnchorBoxes(LevelSizes levels, AnchorLayout layout) {
        this.levels = Objects.requireNonNull(levels, "levels");
        this.layout = Objects.requireNonNull(layout, "layout");
    }

    LevelSizes levels() {
        return levels;
    }

    /** All anchors (A, 4); the array is shared. */
    float[] of(Size picture) {
        float[] known = remembered.get(picture);
        if (known != null) {
            return known;
        }
        if (remembered.size() >= SIZES_REMEMBERED) {
            remembered.clear();
        }
        float[] boxes = layout.boxes(picture, levels.of(picture));
        remembered.put(picture, boxes);
        return boxes;
    }
}
