package io.vertebra.cuda.device;

/** Something of a device that its owner frees. */
public interface Resource extends AutoCloseable {

    /** Frees it; a second call does nothing. */
    @Override
    void close();
}
