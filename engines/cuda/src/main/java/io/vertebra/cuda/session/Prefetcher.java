package io.vertebra.cuda.session;

import io.vertebra.cuda.device.Device;
import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.HostMemory;
import io.vertebra.cuda.device.Resource;
import io.vertebra.cuda.device.UploadQueue;
import io.vertebra.cuda.emit.Ahead;
import io.vertebra.cuda.emit.HostCopies;
import io.vertebra.cuda.emit.Plan;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.engine.Tensor;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Brings inputs to the card while a pass runs: arrays to page-locked memory, from there by a queue of its own to memory of the
 * card, from which the pass that wants them copies them to where it computes.
 *
 * <p>At most one batch lies on the card, and one in the page-locked memory, which goes up as soon as a pass has taken the other.
 * {@code this} guards the state; the page-locked memory belongs to the thread that fills it. Owns both memories and the queue,
 * which are taken at the first use.
 */
final class Prefetcher implements Ahead, Resource {
    private static final int ALIGNMENT = 256;

    private final Device device;
    private final HostCopies copies;
    private UploadQueue queue;
    private HostMemory staging;
    private DeviceMemory memory;
    private Load coming;
    private Load staged;
    private Load arrived;
    private boolean closed;

    /** For a session's device; takes nothing yet. */
    Prefetcher(Device device, HostCopies copies) {
        this.device = device;
        this.copies = copies;
    }

    /** A batch on its way. */
    private static final class Load {
        private final Batch batch;
        private final Map<String, Long> offsets = new HashMap<>();
        private final long bytes;
        private RuntimeException failure;

        private Load(Batch batch) {
            this.batch = batch;
            long end = 0;
            for (Map.Entry<String, Tensor> input : batch.inputs().entrySet()) {
                offsets.put(input.getKey(), end);
                end += (HostCopies.bytes(input.getValue()) + ALIGNMENT - 1) & -ALIGNMENT;
            }
            this.bytes = Math.max(end, ALIGNMENT);
        }

        @SuppressWarnings("ReferenceEquality") // another one with the same arrays may have had others in them
        private boolean isOf(Batch other) {
            return batch == other;
        }
    }

    /** Copies a batch, and starts its way to the card where nothing else lies there; in any thread. */
    void prefetch(Batch batch) {
        Load load = new Load(batch);
        begin(load);
        boolean isFilled = false;
        try {
            fill(load);
            isFilled = true;
        } catch (RuntimeException e) {
            load.failure = e;
            isFilled = !isShortOfMemory(e); // the pass does without
        } finally {
            end(isFilled ? load : null);
        }
    }

    private static boolean isShortOfMemory(RuntimeException e) {
        return e instanceof EngineException failure && failure.kind() == EngineException.Kind.OUT_OF_MEMORY;
    }

    private synchronized void begin(Load load) {
        while (coming != null && !closed) {
            await();
        }
        if (closed) {
            throw new IllegalStateException("the session is closed");
        }
        coming = load;
        staged = null;
    }

    /** Nothing goes up meanwhile, for nothing is staged. */
    private void fill(Load load) {
        if (queue == null) {
            open();
        }
        queue.synchronize(); // what was staged last has left the page-locked memory
        if (staging == null || staging.bytes().capacity() < load.bytes) {
            pin(load.bytes);
        }
        ByteBuffer all = staging.bytes();
        for (Map.Entry<String, Tensor> input : load.batch.inputs().entrySet()) {
            int bytes = Math.toIntExact(HostCopies.bytes(input.getValue()));
            int offset = Math.toIntExact(load.offsets.get(input.getKey()));
            copies.put(input.getValue(), all.slice(offset, bytes).order(all.order()));
        }
    }

    private synchronized void open() {
        queue = device.uploads();
    }

    private synchronized void pin(long bytes) {
        if (staging != null) {
            staging.close();
            staging = null;
        }
        staging = device.pin(bytes, "the inputs of the next pass");
    }

    private synchronized void end(Load filled) {
        coming = null;
        staged = filled;
        notifyAll(); // whatever comes of the rest
        if (arrived == null) {
            goUp();
        }
    }

    /** Sends what is staged to the card, where nothing lies that is still wanted. */
    private void goUp() {
        Load load = staged;
        staged = null;
        if (load == null) {
            return;
        }
        try {
            if (load.failure == null) {
                makeRoom(load.bytes);
                queue.upload(staging, 0, memory.address(), load.bytes);
            }
            arrived = load;
        } catch (RuntimeException e) {
            load.failure = e;
            arrived = isShortOfMemory(e) ? null : load;
        }
    }

    private void makeRoom(long bytes) {
        if (memory != null && memory.bytes() < bytes) {
            queue.synchronize(); // behind the pass that took from it
            memory.close();
            memory = null;
        }
        if (memory == null) {
            memory = device.allocate(bytes, "the inputs of the next pass");
        }
    }

    @Override
    public synchronized boolean give(Batch batch, Plan plan) {
        while (coming != null && coming.isOf(batch)) {
            await();
        }
        if (staged != null && staged.isOf(batch)) {
            arrived = null; // an older one that no pass has wanted
            goUp();
        }
        if (arrived == null || !arrived.isOf(batch)) {
            return false;
        }
        Load load = arrived;
        try {
            if (load.failure != null) {
                throw load.failure;
            }
            queue.leadDevice();
            plan.take(batch, name -> memory.address() + load.offsets.get(name));
        } finally {
            arrived = null;
            if (load.failure == null) {
                queue.followDevice();
            }
            goUp();
        }
        return true;
    }

    /** Also where this thread is interrupted, for what it waits for is a copy. */
    private void await() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    wait();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Bytes held, on the card and of the host. */
    synchronized long bytes() {
        return (staging == null ? 0 : staging.bytes().capacity()) + (memory == null ? 0 : memory.bytes());
    }

    /** Waits for a copy that is under way. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
        while (coming != null) {
            await();
        }
        staged = null;
        arrived = null;
        for (Resource owned : new Resource[] {queue, memory, staging}) {
            if (owned != null) {
                owned.close();
            }
        }
        queue = null;
        memory = null;
        staging = null;
    }
}
