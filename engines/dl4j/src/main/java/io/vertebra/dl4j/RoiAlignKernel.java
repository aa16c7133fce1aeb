package io.vertebra.dl4j;

import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.region.RoiAlignment;
import io.vertebra.graph.region.RoiLevels;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Each region is a part of its picture's maps between two matrices; samples are placed in float64 whatever the type. Of
 * several levels each region is cut from one.
 */
record RoiAlignKernel(RoiAlign op) implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray y = frame.newOutput();
        Rois rois = Rois.of(frame);
        int[] levels = levels(rois);
        for (int r = 0; r < rois.count(); r++) {
            INDArray maps = frame.x(levels[r]);
            new RoiWindow(frame, alignment(levels[r]), maps, rois, r).cut(maps, region(y, r));
        }
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        Rois rois = Rois.of(frame);
        int[] levels = levels(rois);
        for (int level = 0; level < op.scales().size(); level++) {
            if (frame.wants(level)) {
                INDArray dx = frame.newGradient(level).assign(0);
                for (int r = 0; r < rois.count(); r++) {
                    if (levels[r] == level) {
                        new RoiWindow(frame, alignment(level), dx, rois, r).add(region(dy, r), dx);
                    }
                }
            }
        }
    }

    /** The level that each region is cut from. */
    private int[] levels(Rois rois) {
        if (op.scales().size() == 1) {
            return new int[rois.count()];
        }
        int least = -Math.getExponent(op.scales().get(0));
        return RoiLevels.of(least, least + op.scales().size() - 1).levels(rois.boxes());
    }

    private RoiAlignment alignment(int level) {
        return new RoiAlignment(op.output(), op.scales().get(level), op.samplingRatio(), op.aligned());
    }

    private static INDArray region(INDArray array, int r) {
        return Views.sample(array, r, array.size(1), array.size(2), array.size(3));
    }
}
