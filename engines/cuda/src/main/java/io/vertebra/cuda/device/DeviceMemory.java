package io.vertebra.cuda.device;

/** A block of a device's memory; owned by whoever allocated it. */
public interface DeviceMemory extends AutoCloseable {

    /** Where it begins, a multiple of 256. */
    long address();

    /** Its size. */
    long bytes();

    /** Frees it; a second call does nothing. */
    @Override
    void close();
}
