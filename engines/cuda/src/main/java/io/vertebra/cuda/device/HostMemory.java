package io.vertebra.cuda.device;

import java.nio.ByteBuffer;

/** Page-locked memory of the host, through which data goes to the device and back. */
public interface HostMemory extends Resource {

    /** The bytes, in the machine's order; the same buffer at each call. */
    ByteBuffer bytes();

    /** Frees it; a second call does nothing. */
    @Override
    void close();
}
