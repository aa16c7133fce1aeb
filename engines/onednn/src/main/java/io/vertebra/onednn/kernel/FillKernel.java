package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;

/** Sets the elements of a tensor to a value: one tensor, fp32. */
public final class FillKernel implements Kernel {
    private final int elements;
    private final float value;
    private ByteBuffer y;

    /** For a tensor of this many elements. */
    public FillKernel(int elements, float value) {
        this.elements = elements;
        this.value = value;
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        y = tensors[0];
    }

    @Override
    public void run() {
        for (int i = 0; i < elements * Float.BYTES; i += Float.BYTES) {
            y.putFloat(i, value);
        }
    }
}
