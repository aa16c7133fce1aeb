package io.vertebra.graph.region;

import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.Size;
import java.util.List;

/** Checks and sizes that the anchor generators share. */
final class Grids {
    private Grids() {}

    /** Throws unless there is one grid a level and the numbers fit into an array; answers how many anchors there are. */
    static int anchors(Size picture, List<Size> grids, int[] perCell) {
        Door.picture("picture", picture);
        Check.that(grids.size() == perCell.length, "grids", "are %d, the levels are %d", grids.size(), perCell.length);
        long total = 0;
        for (int level = 0; level < perCell.length; level++) {
            Check.atLeast(1, "grids", grids.get(level));
            total += Door.elements(
                    "anchors", grids.get(level).height(), grids.get(level).width(), perCell[level]);
        }
        return Door.elements("anchors", 4, total) / 4;
    }
}
