package io.vertebra.graph.region;

/**
 * Measures of how much two boxes have in common.
 *
 * <p>a (n, 4), b (m, 4) → (n, m), row-major. Conventions of {@link Boxes}.
 */
public enum Overlap {

    /** {@code I / U}, in [0, 1]. */
    IOU {
        @Override
        float of(float[] a, int i, float areaA, float[] b, int j, float areaB) {
            return ratio(intersection(a, i, b, j), areaA, areaB);
        }
    },

    /** {@code I / U − (C − U) / C}, C the area of the box around both. arXiv:1902.09630. */
    GIOU {
        @Override
        float of(float[] a, int i, float areaA, float[] b, int j, float areaB) {
            float common = intersection(a, i, b, j);
            float around = outerWidth(a, i, b, j, 0) * outerWidth(a, i, b, j, 1);
            float union = areaA + areaB - common;
            return ratio(common, areaA, areaB) - (around > 0 ? (around - union) / around : 0);
        }
    },

    /** {@code I / U − d² / c²}, d between the centres, c the diagonal of the box around both. arXiv:1911.08287. */
    DIOU {
        @Override
        float of(float[] a, int i, float areaA, float[] b, int j, float areaB) {
            return ratio(intersection(a, i, b, j), areaA, areaB) - distance(a, i, b, j);
        }
    },

    /** DIoU less {@code v² / (1 − IoU + v)}, v the difference of the aspect angles {@code (2 Δ / π)²}. arXiv:1911.08287. */
    CIOU {
        @Override
        float of(float[] a, int i, float areaA, float[] b, int j, float areaB) {
            float iou = ratio(intersection(a, i, b, j), areaA, areaB);
            double angle = Math.atan2(Boxes.width(a, i), Boxes.height(a, i))
                    - Math.atan2(Boxes.width(b, j), Boxes.height(b, j));
            double shape = 4 / (Math.PI * Math.PI) * angle * angle;
            return (float) (iou - distance(a, i, b, j) - shape * shape / (1 - iou + shape + EPSILON));
        }
    };

    private static final float EPSILON = 1e-7f; // torchvision's

    abstract float of(float[] a, int i, float areaA, float[] b, int j, float areaB);

    /** The measure of every pair. */
    public float[] matrix(float[] a, float[] b) {
        float[] areasA = Boxes.areas(a);
        float[] areasB = Boxes.areas(b);
        float[] matrix = new float[Door.elements("pairs", areasA.length, areasB.length)];
        for (int i = 0; i < areasA.length; i++) {
            for (int j = 0; j < areasB.length; j++) {
                matrix[i * areasB.length + j] = of(a, i, areasA[i], b, j, areasB[j]);
            }
        }
        return matrix;
    }

    static float intersection(float[] a, int i, float[] b, int j) {
        float width = Math.min(a[4 * i + 2], b[4 * j + 2]) - Math.max(a[4 * i], b[4 * j]);
        float height = Math.min(a[4 * i + 3], b[4 * j + 3]) - Math.max(a[4 * i + 1], b[4 * j + 1]);
        return width > 0 && height > 0 ? width * height : 0;
    }

    /** IoU; most pairs of a picture have nothing in common and need no division. */
    static float ratio(float common, float areaA, float areaB) {
        return common > 0 ? common / (areaA + areaB - common) : 0;
    }

    private static float outerWidth(float[] a, int i, float[] b, int j, int axis) {
        float end = Math.max(a[4 * i + 2 + axis], b[4 * j + 2 + axis]);
        return Math.max(0, end - Math.min(a[4 * i + axis], b[4 * j + axis]));
    }

    private static float distance(float[] a, int i, float[] b, int j) {
        float width = outerWidth(a, i, b, j, 0);
        float height = outerWidth(a, i, b, j, 1);
        float dx = (a[4 * i] + a[4 * i + 2]) / 2 - (b[4 * j] + b[4 * j + 2]) / 2;
        float dy = (a[4 * i + 1] + a[4 * i + 3]) / 2 - (b[4 * j + 1] + b[4 * j + 3]) / 2;
        return (dx * dx + dy * dy) / (width * width + height * height + EPSILON);
    }
}
