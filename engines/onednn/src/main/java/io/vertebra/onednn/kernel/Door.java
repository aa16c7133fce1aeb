package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/** Copies between arrays of the caller and native tensors, row-major: one tensor. */
public final class Door {
    private Door() {}

    /** Floats that come in. */
    public static final class FloatsIn implements Kernel {
        private FloatBuffer target;
        private float[] source;

        /** What the next run copies. */
        public void set(float[] values) {
            source = values;
        }

        @Override
        public void bind(ByteBuffer... tensors) {
            target = tensors[0].asFloatBuffer();
        }

        @Override
        public void run() {
            target.put(0, source, 0, source.length);
        }
    }

    /** Integers that come in. */
    public static final class IntsIn implements Kernel {
        private IntBuffer target;
        private int[] source;

        /** What the next run copies. */
        public void set(int[] values) {
            source = values;
        }

        @Override
        public void bind(ByteBuffer... tensors) {
            target = tensors[0].asIntBuffer();
        }

        @Override
        public void run() {
            target.put(0, source, 0, source.length);
        }
    }

    /** Floats that go out. */
    public static final class FloatsOut implements Kernel {
        private final float[] target;
        private FloatBuffer source;

        /** Into this array. */
        public FloatsOut(float[] target) {
            this.target = target;
        }

        @Override
        public void bind(ByteBuffer... tensors) {
            source = tensors[0].asFloatBuffer();
        }

        @Override
        public void run() {
            source.get(0, target, 0, target.length);
        }
    }
}
