package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/** Native tensors for tests of kernels. */
final class Bytes {
    private Bytes() {}

    static ByteBuffer of(float... values) {
        ByteBuffer bytes = zeros(values.length);
        bytes.asFloatBuffer().put(values);
        return bytes;
    }

    static ByteBuffer of(int... values) {
        ByteBuffer bytes = zeros(values.length);
        bytes.asIntBuffer().put(values);
        return bytes;
    }

    static ByteBuffer zeros(int elements) {
        return ByteBuffer.allocateDirect(elements * 4).order(ByteOrder.nativeOrder());
    }

    static float[] floats(ByteBuffer bytes) {
        float[] values = new float[bytes.capacity() / 4];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    static float[] random(int length, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) (random.nextDouble() * 2 - 1);
        }
        return values;
    }
}
