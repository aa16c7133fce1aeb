package io.vertebra.graph.region;

/** A box and its target: what both have in common, with derivatives for the box's x1, y1, x2, y2. */
final class BoxPair {
    private static final double EPSILON = 1e-7; // torchvision's

    private final double[] box = new double[4];
    private final double[] target = new double[4];
    private final Term union = new Term();
    private final Term iou = new Term();
    private final Term outerWidth = new Term();
    private final Term outerHeight = new Term();

    /** A number and its derivatives. */
    private static final class Term {
        private double value;
        private final double[] slopes = new double[4];

        void set(double newValue, double d0, double d1, double d2, double d3) {
            value = newValue;
            slopes[0] = d0;
            slopes[1] = d1;
            slopes[2] = d2;
            slopes[3] = d3;
        }

        /** This is {@code value}, whose derivatives are a's times {@code byA} and b's times {@code byB}. */
        void combine(double newValue, Term a, double byA, Term b, double byB) {
            value = newValue;
            for (int k = 0; k < 4; k++) {
                slopes[k] = a.slopes[k] * byA + b.slopes[k] * byB;
            }
        }
    }

    void set(float[] boxes, float[] targets, int i) {
        for (int k = 0; k < 4; k++) {
            box[k] = boxes[4 * i + k];
            target[k] = targets[4 * i + k];
        }
        Term width = side(0, true);
        Term height = side(1, true);
        Term common = new Term();
        if (width.value > 0 && height.value > 0) {
            common.combine(width.value * height.value, width, height.value, height, width.value);
        }
        double w = box[2] - box[0];
        double h = box[3] - box[1];
        Term area = new Term();
        area.set(w * h, -h, -w, h, w);
        double other = (target[2] - target[0]) * (target[3] - target[1]);
        union.combine(area.value + other - common.value, area, 1, common, -1);
        double divisor = union.value + EPSILON;
        iou.combine(common.value / divisor, common, 1 / divisor, union, -common.value / (divisor * divisor));
        Term x = side(0, false);
        Term y = side(1, false);
        outerWidth.combine(x.value, x, 1, x, 0);
        outerHeight.combine(y.value, y, 1, y, 0);
    }

    /** The side of what is common, or of the box around both. */
    private Term side(int axis, boolean common) {
        double start = axis(axis, !common);
        double end = axis(axis + 2, common);
        Term side = new Term();
        side.value = end - start;
        side.slopes[axis] = -share(box[axis], target[axis], start);
        side.slopes[axis + 2] = share(box[axis + 2], target[axis + 2], end);
        return side;
    }

    private double axis(int k, boolean smaller) {
        return smaller ? Math.min(box[k], target[k]) : Math.max(box[k], target[k]);
    }

    /** How a minimum or maximum follows the box: not, wholly, or by half where both are equal. */
    private static double share(double mine, double other, double chosen) {
        if (mine == other) {
            return 0.5;
        }
        return mine == chosen ? 1 : 0;
    }

    double giou(double[] gradient) {
        Term around = new Term();
        around.combine(
                outerWidth.value * outerHeight.value, outerWidth, outerHeight.value, outerHeight, outerWidth.value);
        double divisor = around.value + EPSILON;
        double empty = (around.value - union.value) / divisor;
        for (int k = 0; k < 4; k++) {
            double slope = (around.slopes[k] - union.slopes[k] - empty * around.slopes[k]) / divisor;
            gradient[k] = slope - iou.slopes[k];
        }
        return 1 - iou.value + empty;
    }

    double diou(double[] gradient) {
        double diagonal = outerWidth.value * outerWidth.value + outerHeight.value * outerHeight.value + EPSILON;
        double dx = (box[0] + box[2] - target[0] - target[2]) / 2;
        double dy = (box[1] + box[3] - target[1] - target[3]) / 2;
        double distance = (dx * dx + dy * dy) / diagonal;
        for (int k = 0; k < 4; k++) {
            double wider = 2 * (outerWidth.value * outerWidth.slopes[k] + outerHeight.value * outerHeight.slopes[k]);
            double farther = k % 2 == 0 ? dx : dy;
            gradient[k] = (farther - distance * wider) / diagonal - iou.slopes[k];
        }
        return 1 - iou.value + distance;
    }

    double ciou(double[] gradient) {
        double loss = diou(gradient);
        double w = box[2] - box[0];
        double h = box[3] - box[1];
        double angle = Math.atan2(target[2] - target[0], target[3] - target[1]) - Math.atan2(w, h);
        double factor = 4 / (Math.PI * Math.PI);
        double shape = factor * angle * angle;
        double alpha = shape / (1 - iou.value + shape + EPSILON);
        double square = w * w + h * h;
        if (square > 0) {
            double byWidth = -2 * factor * angle * h / square * alpha;
            double byHeight = 2 * factor * angle * w / square * alpha;
            gradient[0] -= byWidth;
            gradient[1] -= byHeight;
            gradient[2] += byWidth;
            gradient[3] += byHeight;
        }
        return loss + alpha * shape;
    }
}
