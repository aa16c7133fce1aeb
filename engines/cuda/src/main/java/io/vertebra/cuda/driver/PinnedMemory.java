package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cudart.cudaErrorMemoryAllocation;
import static org.bytedeco.cuda.global.cudart.cudaFreeHost;
import static org.bytedeco.cuda.global.cudart.cudaGetLastError;
import static org.bytedeco.cuda.global.cudart.cudaHostAlloc;
import static org.bytedeco.cuda.global.cudart.cudaHostAllocDefault;

import io.vertebra.cuda.device.HostMemory;
import io.vertebra.graph.engine.EngineException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;

/** Page-locked memory of the host; at most 2 GiB, what a buffer of Java can show. */
final class PinnedMemory implements HostMemory {
    private final Card card;
    private final BytePointer memory;
    private final ByteBuffer bytes;
    private boolean closed;

    private PinnedMemory(Card card, BytePointer memory, int bytes) {
        this.card = card;
        this.memory = memory;
        this.bytes = memory.capacity(Math.max(1, bytes))
                .asByteBuffer()
                .limit(bytes)
                .slice()
                .order(ByteOrder.nativeOrder());
    }

    /** Takes memory; the card is current. */
    static PinnedMemory allocate(Card card, long bytes, String what) {
        if (bytes < 0 || bytes > Integer.MAX_VALUE) {
            throw new EngineException(
                    EngineException.Kind.UNSUPPORTED,
                    "cuda: " + what + ": " + bytes
                            + " bytes do not fit one buffer of the host (2 GiB); use a smaller batch");
        }
        BytePointer memory = new BytePointer();
        int status = card.alone(() -> cudaHostAlloc(memory, Math.max(1, bytes), cudaHostAllocDefault));
        if (status == cudaErrorMemoryAllocation) {
            cudaGetLastError();
            throw new EngineException(
                    EngineException.Kind.OUT_OF_MEMORY,
                    "cuda: " + what + ": the host has no " + bytes
                            + " bytes of page-locked memory; use a smaller batch");
        }
        Status.runtime(status, what, "cudaHostAlloc");
        return new PinnedMemory(card, memory, (int) bytes);
    }

    /** Where a byte lies, for copies. */
    Address at(long offset, long length) {
        requireOpen();
        if (offset < 0 || length < 0 || offset > bytes.capacity() - length) {
            throw new IndexOutOfBoundsException(
                    length + " bytes at " + offset + " of " + bytes.capacity() + " page-locked ones");
        }
        return new Address(memory.address() + offset);
    }

    @Override
    public ByteBuffer bytes() {
        requireOpen();
        return bytes;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("page-locked memory is closed");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            card.tryEnter();
            card.alone(() -> cudaFreeHost(memory));
        }
    }
}
