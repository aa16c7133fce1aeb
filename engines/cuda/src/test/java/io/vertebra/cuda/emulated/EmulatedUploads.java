package io.vertebra.cuda.emulated;

import io.vertebra.cuda.device.HostMemory;
import io.vertebra.cuda.device.UploadQueue;
import io.vertebra.graph.engine.EngineException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A second queue that does nothing until somebody waits for it, the device's own being as fast as can be: whoever forgets to wait
 * finds old bytes, and whoever overwrites what the other queue may be reading is told.
 */
final class EmulatedUploads implements UploadQueue {
    private final EmulatedDevice device;
    private final Runnable whenClosed;
    private final Deque<Copy> pending = new ArrayDeque<>();
    private final List<Range> read = new ArrayList<>();
    private boolean closed;

    EmulatedUploads(EmulatedDevice device, Runnable whenClosed) {
        this.device = device;
        this.whenClosed = whenClosed;
    }

    private record Range(long address, long bytes) {
        boolean meets(Range other) {
            return address < other.address + other.bytes && other.address < address + bytes;
        }
    }

    private record Copy(HostMemory from, long offset, Range to) {}

    /** The device's queue reads these bytes, which no upload may be writing. */
    synchronized void readByDevice(long address, long bytes) {
        Range range = new Range(address, bytes);
        if (pending.stream().anyMatch(copy -> copy.to.meets(range))) {
            throw new AssertionError(
                    "the device reads " + range + ", which an upload that it does not wait for writes");
        }
        read.add(range);
    }

    @Override
    public synchronized void upload(HostMemory from, long offset, long address, long bytes) {
        requireOpen();
        if (device.areUploadsBroken()) {
            throw new EngineException(EngineException.Kind.FAILED, "emulated: upload ahead: the bus is broken");
        }
        Range to = new Range(address, bytes);
        if (read.stream().anyMatch(to::meets)) {
            throw new AssertionError("an upload writes " + to + ", which it does not wait for the device to have read");
        }
        pending.add(new Copy(from, offset, to));
    }

    @Override
    public synchronized void leadDevice() {
        requireOpen();
        run();
    }

    @Override
    public synchronized void followDevice() {
        requireOpen();
        read.clear();
    }

    @Override
    public synchronized void synchronize() {
        requireOpen();
        run();
    }

    private void run() {
        for (Copy copy = pending.poll(); copy != null; copy = pending.poll()) {
            device.bring(copy.from, copy.offset, copy.to.address, copy.to.bytes);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the queue of uploads is closed");
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            run();
            closed = true;
            whenClosed.run();
        }
    }
}
