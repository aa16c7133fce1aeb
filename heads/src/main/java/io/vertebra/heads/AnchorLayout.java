package io.vertebra.heads;

import io.vertebra.graph.op.Size;
import java.util.List;

/** Where the anchors of a detector stand. */
@FunctionalInterface
public interface AnchorLayout {
    /** All anchors (A, 4) as x1, y1, x2, y2 in pixels, for pictures of this size whose levels have these grids. */
    float[] boxes(Size picture, List<Size> grids);
}
