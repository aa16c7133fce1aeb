package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cudart.cudaErrorMemoryAllocation;
import static org.bytedeco.cuda.global.cudart.cudaFree;
import static org.bytedeco.cuda.global.cudart.cudaGetLastError;
import static org.bytedeco.cuda.global.cudart.cudaMalloc;

import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.graph.engine.EngineException;
import java.util.Locale;
import org.bytedeco.javacpp.Pointer;

/** Memory of a card, owned by whoever allocated it. */
final class CudaMemory implements DeviceMemory {
    private static final double MIB = 1 << 20;

    private final Card card;
    private final Pointer memory;
    private final long bytes;
    private boolean closed;

    private CudaMemory(Card card, Pointer memory, long bytes) {
        this.card = card;
        this.memory = memory;
        this.bytes = bytes;
    }

    /** Takes memory; the card is current. */
    static CudaMemory allocate(Card card, long bytes, String what) {
        if (bytes < 0) {
            throw new IllegalArgumentException(what + ": " + bytes + " bytes");
        }
        Pointer memory = new Pointer();
        int status = card.alone(() -> cudaMalloc(memory, Math.max(1, bytes)));
        if (status == cudaErrorMemoryAllocation) {
            cudaGetLastError();
            throw outOfMemory(what, bytes, card.free());
        }
        Status.runtime(status, what, "cudaMalloc");
        return new CudaMemory(card, memory, bytes);
    }

    static EngineException outOfMemory(String what, long bytes, long free) {
        return new EngineException(
                EngineException.Kind.OUT_OF_MEMORY,
                String.format(
                        Locale.ROOT,
                        "cuda: %s: needs %.1f MiB of the card, %.1f MiB are free; use a smaller batch",
                        what,
                        bytes / MIB,
                        free / MIB));
    }

    @Override
    public long address() {
        return memory.address();
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            card.tryEnter();
            card.alone(() -> cudaFree(memory)); // a fault that lasts was reported by the call that met it first
        }
    }
}
