package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Device;
import io.vertebra.cuda.device.HostMemory;
import io.vertebra.cuda.device.Resource;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** The block of page-locked memory that everything goes through that comes into a plan or out of it. Owns it once it is placed. */
final class Staging implements Resource {
    private static final int ALIGNMENT = 256;

    private long bytes;
    private HostMemory memory;

    /** Room for so many bytes: where it begins. */
    long take(long size) {
        long offset = bytes;
        bytes += (size + ALIGNMENT - 1) & -ALIGNMENT;
        return offset;
    }

    /** What has been taken. */
    long bytes() {
        return bytes;
    }

    boolean isPlaced() {
        return memory != null;
    }

    /** Pins it. */
    void place(Device device) {
        memory = device.pin(Math.max(bytes, 1), "what goes into and comes out of a plan");
    }

    HostMemory memory() {
        return memory;
    }

    /** A part of it, of elements or words of four bytes. */
    ByteBuffer part(long offset, long elements) {
        ByteBuffer all = memory.bytes();
        return all.slice(Math.toIntExact(offset), Math.toIntExact(elements * Float.BYTES))
                .order(all.order());
    }

    FloatBuffer floats(long offset, long elements) {
        return part(offset, elements).asFloatBuffer();
    }

    @Override
    public void close() {
        if (memory != null) {
            memory.close();
            memory = null;
        }
    }
}
