package io.vertebra.onednn.kernel;

import io.vertebra.graph.engine.Counter;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.region.RegionDrawer;
import java.nio.ByteBuffer;

/** The regions of which a detector learns: tensors rois, truths, labels, drawn regions. */
public final class RegionSamplesKernel implements Kernel {
    private final RegionSamples op;
    private final RegionTruths given;
    private final int pictures;
    private final Counter counter;
    private final int node;
    private Cells drawn;

    /** For so many regions and rows of objects of all pictures; {@code node} tells one drawing of a pass from another. */
    public RegionSamplesKernel(RegionSamples op, int regions, int objects, int pictures, Counter counter, int node) {
        this.op = op;
        this.given = new RegionTruths(regions, objects);
        this.pictures = pictures;
        this.counter = counter;
        this.node = node;
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        given.bind(tensors);
        drawn = new Cells(tensors[3], false);
    }

    @Override
    public void run() {
        given.read();
        float[] rois = RegionDrawer.draw(op, given.rois(), given.boxes(), given.labels(), pictures, counter.key(node));
        drawn.write(0, rois, 0, rois.length);
    }
}
