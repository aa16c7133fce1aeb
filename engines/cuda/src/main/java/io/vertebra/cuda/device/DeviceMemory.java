package io.vertebra.cuda.device;

import io.vertebra.graph.session.Arena;

/** A block of a device's memory; owned by whoever allocated it. */
public interface DeviceMemory extends Resource, Arena {

    /** Where it begins, a multiple of 256. */
    long address();

    @Override
    long bytes();

    @Override
    void close();
}
