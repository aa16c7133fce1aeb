package io.vertebra.graph.region;

import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.Size;
import java.util.Arrays;
import java.util.List;

/**
 * Turns what a region proposal network says of anchors into regions of pictures; see {@link RegionProposals}.
 *
 * <p>Anchors are made where they are candidates, not kept. Keeps 36 bytes for each candidate of a level and 8 more for each
 * region that may be left of one: 230 kB for 1000 candidates and regions of five levels, 460 kB for 2000. One object a
 * thread.
 */
public final class RegionProposer {
    private final RegionProposals op;
    private final List<Size> grids;
    private final Size picture;
    private final Anchors anchors;
    private final int anchorCount;
    private final float leastLogit;
    private final BoxCoder coder = new BoxCoder(1, 1, 1, 1, BoxCoder.Order.X_FIRST);
    private final Best best = new Best();
    private final Nms.Greedy greedy;
    private final float[] boxes;
    private final long[] order;
    private final long[] kept;
    private final float[] anchor = new float[4];

    private RegionProposer(RegionProposals op, List<Size> grids, Size picture) {
        this.op = op;
        this.grids = List.copyOf(grids);
        this.picture = picture;
        this.leastLogit = op.leastLogit();
        this.anchors = new Anchors(op.sizes(), op.ratios());
        int[] perCell = new int[op.levels()];
        Arrays.setAll(perCell, op::perCell);
        this.anchorCount = Grids.anchors(picture, grids, perCell);
        int candidates = 0;
        int most = 0;
        int left = 0;
        for (int level = 0; level < perCell.length; level++) {
            int some = Math.min(op.before(), count(level));
            candidates += some;
            most = Math.max(most, some);
            left += Math.min(some, op.count());
        }
        this.greedy = new Nms.Greedy(op.overlap());
        this.boxes = new float[Door.elements("candidates", 4, candidates)];
        this.order = new long[most];
        this.kept = new long[left];
    }

    /** For pictures of one size, padding included, whose levels have these grids. */
    public static RegionProposer of(RegionProposals op, List<Size> grids, Size picture) {
        return new RegionProposer(op, grids, picture);
    }

    private int count(int level) {
        return (int) grids.get(level).area() * op.perCell(level);
    }

    /** The regions of pictures: objectness (N, A), encodings (N, A, 4), sizes (N, 2) → (N·count, 5). */
    public float[] propose(float[] objectness, float[] encodings, float[] sizes, int pictures) {
        float[] rois = new float[Door.elements("rois", pictures, op.count(), 5)];
        propose(objectness, encodings, sizes, pictures, rois);
        return rois;
    }

    /** The same, written to {@code rois}; allocates nothing. */
    public void propose(float[] objectness, float[] encodings, float[] sizes, int pictures, float[] rois) {
        Door.length("objectness", objectness.length, (long) pictures * anchorCount);
        Door.length("encodings", encodings.length, 4L * objectness.length);
        Door.length("sizes", sizes.length, 2L * pictures);
        Door.length("rois", rois.length, 5L * pictures * op.count());
        for (int n = 0; n < pictures; n++) {
            int found = candidates(objectness, encodings, n * anchorCount, sizes[2 * n], sizes[2 * n + 1]);
            Arrays.sort(kept, 0, found);
            for (int i = 0; i < op.count(); i++) {
                int at = 5 * (n * op.count() + i);
                rois[at] = n;
                if (i < found) {
                    System.arraycopy(boxes, 4 * Ranking.index(kept[i]), rois, at + 1, 4);
                } else {
                    Boxes.set(rois, at + 1, 0, 0, 0, 0);
                }
            }
        }
    }

    /**
     * Writes the boxes of one picture's candidates and the keys of those that are kept; answers how many. A box's place is
     * by level and rank, so that of equal scores the lower place is the lower anchor.
     */
    private int candidates(float[] objectness, float[] encodings, int first, float height, float width) {
        int from = first;
        int place = 0;
        int found = 0;
        for (int level = 0; level < op.levels(); level++) {
            int count = count(level);
            best.start(Math.min(op.before(), count));
            for (int i = 0; i < count; i++) {
                best.add(objectness[from + i], i);
            }
            int candidates = best.finish();
            int large = 0;
            for (int rank = 0; rank < candidates; rank++) {
                int index = best.index(rank);
                decode(level, index, encodings, 4 * (from + index), 4 * (place + rank), height, width);
                if (!(objectness[from + index] < leastLogit)
                        && Boxes.width(boxes, place + rank) >= op.minSide()
                        && Boxes.height(boxes, place + rank) >= op.minSide()) {
                    order[large++] = Ranking.key(objectness[from + index], place + rank);
                }
            }
            greedy.run(boxes, order, 0, large, op.count());
            for (int i = 0; i < greedy.count(); i++) {
                int index = greedy.index(i);
                kept[found++] = Ranking.key(objectness[from + best.index(index - place)], index);
            }
            from += count;
            place += candidates;
        }
        return found;
    }

    /** Writes the box of an anchor, cut to the picture. */
    private void decode(int level, int index, float[] encodings, int code, int at, float height, float width) {
        Size grid = grids.get(level);
        int strideY = picture.height() / grid.height();
        int strideX = picture.width() / grid.width();
        anchors.set(level, index, grid.width(), strideY, strideX, anchor, 0);
        coder.decode(encodings, code, anchor, 0, boxes, at);
        for (int i = at; i < at + 4; i++) {
            boxes[i] = Boxes.clip(boxes[i], i % 2 == 0 ? width : height);
        }
    }
}
