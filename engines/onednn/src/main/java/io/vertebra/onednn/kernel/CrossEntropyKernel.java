package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;

/**
 * Softmax cross entropy, loss and gradient in one pass: tensors logits (rows, classes), labels (rows, or rows and
 * classes), loss, and the gradient unless only the loss is wanted; all fp32 but integer labels, which must be classes or
 * the one to ignore.
 */
public final class CrossEntropyKernel implements Kernel {
    private final int rows;
    private final int classes;
    private final boolean soft;
    private final float smoothing;
    private final int ignore;
    private final float[] powers;
    private ByteBuffer logits;
    private ByteBuffer labels;
    private ByteBuffer loss;
    private ByteBuffer gradient;

    /** For tensors of these sizes. */
    public CrossEntropyKernel(int rows, int classes, boolean soft, double smoothing, int ignore) {
        this.rows = rows;
        this.classes = classes;
        this.soft = soft;
        this.smoothing = (float) smoothing;
        this.ignore = ignore;
        this.powers = new float[classes];
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        logits = tensors[0];
        labels = tensors[1];
        loss = tensors[2];
        gradient = tensors.length > 3 ? tensors[3] : null;
    }

    @Override
    public void run() {
        int valid = 0;
        for (int r = 0; r < rows; r++) {
            valid += counts(r) ? 1 : 0;
        }
        double sum = 0;
        for (int r = 0; r < rows; r++) {
            if (counts(r)) {
                sum += row(r, 1f / valid);
            } else if (gradient != null) {
                for (int k = 0; k < classes; k++) {
                    gradient.putFloat((r * classes + k) * Float.BYTES, 0);
                }
            }
        }
        loss.putFloat(0, valid == 0 ? 0 : (float) (sum / valid));
    }

    private boolean counts(int row) {
        return soft || labels.getInt(row * Integer.BYTES) != ignore;
    }

    private double row(int row, float scale) {
        int start = row * classes;
        float max = Float.NEGATIVE_INFINITY;
        for (int k = 0; k < classes; k++) {
            max = Math.max(max, logits.getFloat((start + k) * Float.BYTES));
        }
        double total = 0;
        for (int k = 0; k < classes; k++) {
            powers[k] = (float) Math.exp(logits.getFloat((start + k) * Float.BYTES) - max);
            total += powers[k];
        }
        double log = max + Math.log(total);
        int label = soft ? -1 : labels.getInt(row * Integer.BYTES);
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            int at = (start + k) * Float.BYTES;
            float target = soft ? labels.getFloat(at) : k == label ? 1 : 0;
            float q = (1 - smoothing) * target + smoothing / classes;
            if (q != 0) {
                sum += q * (log - logits.getFloat(at));
            }
            if (gradient != null) {
                // soft labels need not sum to one
                gradient.putFloat(at, scale * q);
            }
        }
        if (gradient != null) {
            subtractFromSoftmax(start, (float) total, scale);
        }
        return sum;
    }

    /** g ← softmax · Σq − q, with q in g. */
    private void subtractFromSoftmax(int start, float total, float scale) {
        double mass = 0;
        if (soft) {
            for (int k = 0; k < classes; k++) {
                mass += gradient.getFloat((start + k) * Float.BYTES);
            }
        } else {
            mass = scale;
        }
        float factor = (float) mass / total;
        for (int k = 0; k < classes; k++) {
            int at = (start + k) * Float.BYTES;
            gradient.putFloat(at, powers[k] * factor - gradient.getFloat(at));
        }
    }
}
