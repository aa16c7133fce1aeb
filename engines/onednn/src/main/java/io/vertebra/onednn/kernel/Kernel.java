package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;

/** A step of a plan in Java. */
public interface Kernel {

    /** Gives it its tensors, in the order that the kernel's class documents; again after the arena has moved. */
    void bind(ByteBuffer... tensors);

    /** Computes. */
    void run();
}
