package io.vertebra.onednn.natives;

import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.session.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** A piece of native memory on a cache line, filled with zeros; freed by {@link #close}, which may be called twice. */
public final class Block implements Arena {
    /** All blocks begin at a multiple of this, a cache line. */
    public static final int ALIGNMENT = 64;

    private static final AtomicLong LIVE_BYTES = new AtomicLong();

    private final Pointer raw;
    private final BytePointer start;
    private final long bytes;
    private boolean closed;

    private Block(Pointer raw, long bytes) {
        this.raw = raw;
        this.bytes = bytes;
        long padding = -raw.address() & (ALIGNMENT - 1);
        this.start = new BytePointer(raw).getPointer(padding);
        LIVE_BYTES.addAndGet(bytes);
    }

    /**
     * Allocates.
     *
     * @param what for the message if memory does not suffice
     */
    public static Block allocate(long bytes, String what) {
        long size = Math.max(bytes, ALIGNMENT);
        Pointer raw = Pointer.calloc(1, size + ALIGNMENT);
        if (raw == null || raw.isNull()) {
            throw new EngineException(
                    EngineException.Kind.OUT_OF_MEMORY,
                    String.format(
                            java.util.Locale.ROOT,
                            "onednn: %s needs %,d MiB of memory, which the system does not give; use a smaller batch or picture",
                            what,
                            size >> 20));
        }
        return new Block(raw, size);
    }

    /** Bytes of all blocks of the process that are not closed. */
    public static long liveBytes() {
        return LIVE_BYTES.get();
    }

    /** The next multiple of the alignment. */
    public static long align(long bytes) {
        return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** Usable bytes. */
    @Override
    public long bytes() {
        return bytes;
    }

    /** A view in the machine's byte order; valid until the block is closed. */
    public ByteBuffer view(long offset, long length) {
        if (length > Integer.MAX_VALUE) {
            throw new EngineException(
                    EngineException.Kind.OUT_OF_MEMORY,
                    "onednn: a tensor of " + length + " bytes is larger than Java can address; use a smaller batch");
        }
        return pointer(offset).capacity(length).asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /** Copies another block's first bytes into this one. */
    public void copyFrom(Block other, long length) {
        Pointer.memcpy(start, other.start, length);
    }

    /** Sets bytes to zero. */
    public void clear(long offset, long length) {
        Pointer.memset(pointer(offset), 0, length);
    }

    BytePointer pointer(long offset) {
        if (closed) {
            throw new IllegalStateException("native memory is used after its release");
        }
        return start.getPointer(offset);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            LIVE_BYTES.addAndGet(-bytes);
            Pointer.free(raw);
        }
    }
}
