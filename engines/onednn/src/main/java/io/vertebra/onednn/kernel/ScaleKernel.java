package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;

/** A tensor times a scalar tensor: tensors x, scalar, y; fp32. */
public final class ScaleKernel implements Kernel {
    private final int elements;
    private ByteBuffer x;
    private ByteBuffer scalar;
    private ByteBuffer y;

    /** For tensors of this many elements. */
    public ScaleKernel(int elements) {
        this.elements = elements;
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        x = tensors[0];
        scalar = tensors[1];
        y = tensors[2];
    }

    @Override
    public void run() {
        float factor = scalar.getFloat(0);
        for (int i = 0; i < elements * Float.BYTES; i += Float.BYTES) {
            y.putFloat(i, factor * x.getFloat(i));
        }
    }
}
