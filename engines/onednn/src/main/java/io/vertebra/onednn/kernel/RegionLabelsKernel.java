package io.vertebra.onednn.kernel;

import io.vertebra.graph.op.RegionLabels;
import io.vertebra.graph.region.RegionMatcher;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;

/** The class of each region: tensors rois, truths, labels, classes. */
public final class RegionLabelsKernel implements Kernel {
    private final RegionLabels op;
    private final RegionTruths given;
    private final int pictures;
    private IntBuffer classes;

    /** For so many regions and rows of objects of all pictures. */
    public RegionLabelsKernel(RegionLabels op, int regions, int objects, int pictures) {
        this.op = op;
        this.given = new RegionTruths(regions, objects);
        this.pictures = pictures;
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        given.bind(tensors);
        classes = tensors[3].asIntBuffer();
    }

    @Override
    public void run() {
        given.read();
        classes.put(0, RegionMatcher.labels(op, given.rois(), given.boxes(), given.labels(), pictures));
    }
}
