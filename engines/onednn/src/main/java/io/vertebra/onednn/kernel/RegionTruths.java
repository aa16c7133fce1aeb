package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;

/** Regions and the objects of their pictures as arrays, for the graph's algorithms: tensors rois, truths, labels. */
final class RegionTruths {
    private static final int ROI = 5;
    private static final int BOX = 4;

    private final float[] rois;
    private final float[] boxes;
    private final int[] labels;
    private Cells fromRois;
    private Cells fromBoxes;
    private IntBuffer fromLabels;

    /** Of so many regions and rows of objects, of all pictures. */
    RegionTruths(int regions, int objects) {
        this.rois = new float[Math.multiplyExact(ROI, regions)];
        this.boxes = new float[Math.multiplyExact(BOX, objects)];
        this.labels = new int[objects];
    }

    /** The first three of these. */
    void bind(ByteBuffer... tensors) {
        fromRois = new Cells(tensors[0], false);
        fromBoxes = new Cells(tensors[1], false);
        fromLabels = tensors[2].asIntBuffer();
    }

    /** Takes those of this pass. */
    void read() {
        fromRois.read(0, rois, 0, rois.length);
        fromBoxes.read(0, boxes, 0, boxes.length);
        fromLabels.get(0, labels, 0, labels.length);
    }

    float[] rois() {
        return rois;
    }

    float[] boxes() {
        return boxes;
    }

    int[] labels() {
        return labels;
    }
}
