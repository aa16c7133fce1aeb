package io.vertebra.graph.region;

/**
 * The objects of a batch's pictures, as many rows for each: truths (N, M, 4), labels (N, M), 0 where there is none.
 */
final class Truths {
    private final float[] boxes;
    private final int[] labels;
    private final int perPicture;

    private Truths(float[] boxes, int[] labels, int perPicture) {
        this.boxes = boxes;
        this.labels = labels;
        this.perPicture = perPicture;
    }

    /** Checks the lengths. */
    static Truths of(float[] boxes, int[] labels, int pictures) {
        Door.positive("pictures", pictures);
        Door.length("truths", boxes.length, 4L * labels.length);
        Door.whole("labels", labels.length, pictures);
        return new Truths(boxes, labels, labels.length / pictures);
    }

    /** M. */
    int perPicture() {
        return perPicture;
    }

    /** Writes the box of a row. */
    void copy(int truth, float[] box) {
        System.arraycopy(boxes, 4 * truth, box, 0, 4);
    }

    /** Whether a row is an object. */
    boolean isObject(int truth) {
        return labels[truth] > 0;
    }

    /**
     * The object of a picture that a box overlaps most, the first of equal ones, as a row of all; −1 if it overlaps none by
     * an IoU of {@code least}, above 0, or more.
     */
    int match(int picture, float[] candidates, int i, double least) {
        float area = Boxes.area(candidates, i);
        float most = 0;
        int match = -1;
        for (int truth = picture * perPicture; truth < (picture + 1) * perPicture; truth++) {
            if (isObject(truth)) {
                float overlap = Overlap.IOU.of(boxes, truth, Boxes.area(boxes, truth), candidates, i, area);
                if (overlap > most) {
                    most = overlap;
                    match = truth;
                }
            }
        }
        return most >= least ? match : -1;
    }
}
