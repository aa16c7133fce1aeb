package io.vertebra.onednn.kernel;

import io.vertebra.graph.region.RoiPooling;
import io.vertebra.graph.region.RoiShape;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The largest of each bin of regions, by the graph's own algorithm on plain arrays: tensors x row-major, rois, y row-major,
 * all fp32. Backwards: tensors x, rois, gradient of y, gradient of x.
 */
public final class RoiPoolKernel implements Kernel {
    private final RoiPooling pool;
    private final RoiShape shape;
    private final boolean backward;
    private final float[] features;
    private final float[] rois;
    private final float[] gradient;
    private final float[] toFeatures;
    private Cells x;
    private Cells regions;
    private Cells y;
    private Cells toX;

    /**
     * For features and regions of these sizes.
     *
     * @param outputs elements of y
     */
    public RoiPoolKernel(RoiPooling pool, RoiShape shape, int rois, int outputs, boolean backward) {
        this.pool = pool;
        this.shape = shape;
        this.backward = backward;
        this.features = new float[shape.elements()];
        this.rois = new float[5 * rois];
        this.gradient = new float[backward ? outputs : 0];
        this.toFeatures = new float[backward ? features.length : 0];
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        x = new Cells(tensors[0], false);
        regions = new Cells(tensors[1], false);
        y = new Cells(tensors[2], false);
        toX = backward ? new Cells(tensors[3], false) : null;
    }

    @Override
    public void run() {
        x.read(0, features, 0, features.length);
        regions.read(0, rois, 0, rois.length);
        if (backward) {
            y.read(0, gradient, 0, gradient.length);
            Arrays.fill(toFeatures, 0);
            RoiPooling.backward(gradient, pool.largest(features, shape, rois), toFeatures);
            toX.write(0, toFeatures, 0, toFeatures.length);
        } else {
            float[] result = pool.forward(features, shape, rois);
            y.write(0, result, 0, result.length);
        }
    }
}
