package io.vertebra.onednn.kernel;

import io.vertebra.graph.op.RegionTargets;
import io.vertebra.graph.region.RegionMatcher;
import java.nio.ByteBuffer;

/** The code of each region's object: tensors rois, truths, labels, codes. */
public final class RegionTargetsKernel implements Kernel {
    private final RegionTargets op;
    private final RegionTruths given;
    private final int pictures;
    private Cells codes;

    /** For so many regions and rows of objects of all pictures. */
    public RegionTargetsKernel(RegionTargets op, int regions, int objects, int pictures) {
        this.op = op;
        this.given = new RegionTruths(regions, objects);
        this.pictures = pictures;
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        given.bind(tensors);
        codes = new Cells(tensors[3], false);
    }

    @Override
    public void run() {
        given.read();
        float[] made = RegionMatcher.targets(op, given.rois(), given.boxes(), given.labels(), pictures);
        codes.write(0, made, 0, made.length);
    }
}
