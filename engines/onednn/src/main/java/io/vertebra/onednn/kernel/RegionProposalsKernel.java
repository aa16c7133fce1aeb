package io.vertebra.onednn.kernel;

import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.region.RegionProposer;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;

/**
 * The regions that a network proposes: tensors objectness, encodings, sizes, rois, all fp32. Threads share out the
 * pictures.
 */
public final class RegionProposalsKernel implements Kernel {
    private static final int ROI = 5;
    private static final int BOX = 4;
    private static final int SIZE = 2;

    private final Team team = Team.SHARED;
    private final Team.Task task = this::picture;
    private final int pictures;
    private final int anchors;
    private final RegionProposer[] proposers;
    private final float[][] scores;
    private final float[][] codes;
    private final float[][] sides;
    private final float[][] regions;
    private Cells objectness;
    private Cells encodings;
    private Cells sizes;
    private Cells rois;

    /** For pictures of this size, padding included, whose levels have these grids; {@code anchors} of a picture. */
    public RegionProposalsKernel(RegionProposals op, List<Size> grids, Size picture, int pictures, int anchors) {
        int members = pictures == 1 ? 1 : team.size(); // the caller works alone on one
        this.pictures = pictures;
        this.anchors = anchors;
        this.proposers = Stream.generate(() -> RegionProposer.of(op, grids, picture))
                .limit(members)
                .toArray(RegionProposer[]::new);
        this.scores = new float[members][anchors];
        this.codes = new float[members][Math.multiplyExact(BOX, anchors)];
        this.sides = new float[members][SIZE];
        this.regions = new float[members][Math.multiplyExact(ROI, op.count())];
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        objectness = new Cells(tensors[0], false);
        encodings = new Cells(tensors[1], false);
        sizes = new Cells(tensors[2], false);
        rois = new Cells(tensors[3], false);
    }

    @Override
    public void run() {
        team.run(pictures, task);
    }

    private void picture(int n, int member) {
        float[] found = regions[member];
        objectness.read(n * anchors, scores[member], 0, anchors);
        encodings.read(n * anchors * BOX, codes[member], 0, anchors * BOX);
        sizes.read(n * SIZE, sides[member], 0, SIZE);
        proposers[member].propose(scores[member], codes[member], sides[member], 1, found);
        for (int at = 0; at < found.length; at += ROI) {
            found[at] = n; // each is asked as if it were the only one
        }
        rois.write(n * found.length, found, 0, found.length);
    }
}
