package io.vertebra.graph.region;

/** Losses of rows and how they change with the inputs. */
public final class BoxLoss {
    private final float[] values;
    private final float[] gradients;

    /** How losses become one number. */
    public enum Reduction {
        /** They stay as they are. */
        NONE,
        /** Their mean; 0 without rows. */
        MEAN,
        /** Their sum. */
        SUM
    }

    /** Losses of so many rows, all 0. */
    BoxLoss(int rows, int width) {
        values = new float[rows];
        gradients = new float[Door.elements("gradients", rows, width)];
    }

    void set(int row, double value) {
        values[row] = (float) value;
    }

    void setGradient(int at, double gradient) {
        gradients[at] = (float) gradient;
    }

    /** The reduced loss: (n) or one number. */
    public float[] value(Reduction reduction) {
        if (reduction == Reduction.NONE) {
            return values.clone();
        }
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return new float[] {(float) (reduction == Reduction.SUM ? sum : sum / Math.max(1, values.length))};
    }

    /** The gradient of the inputs (n, width) for a gradient of the reduced loss, (n) or one number. */
    public float[] gradient(Reduction reduction, float... upstream) {
        Door.length("upstream", upstream.length, reduction == Reduction.NONE ? values.length : 1);
        float[] gradient = new float[gradients.length];
        int width = values.length == 0 ? 1 : gradients.length / values.length;
        double share = reduction == Reduction.MEAN ? 1.0 / Math.max(1, values.length) : 1;
        for (int i = 0; i < gradient.length; i++) {
            float factor = upstream[reduction == Reduction.NONE ? i / width : 0];
            gradient[i] = (float) (gradients[i] * factor * share);
        }
        return gradient;
    }
}
