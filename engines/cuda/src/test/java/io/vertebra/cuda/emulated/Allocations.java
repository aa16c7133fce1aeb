package io.vertebra.cuda.emulated;

import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.graph.engine.EngineException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The memory of one device, asked for by several threads: blocks between guards, full of NaN until somebody writes. */
final class Allocations {
    private static final byte FILL = (byte) 0xFF;
    private static final int GUARD = 1024;

    private final TreeMap<Long, Block> blocks = new TreeMap<>();
    private final long capacity;
    private long used;

    /** At most so many bytes. */
    Allocations(long capacity) {
        this.capacity = capacity;
    }

    synchronized long free() {
        return capacity - used;
    }

    synchronized DeviceMemory allocate(long bytes, String what) {
        if (bytes < 0 || bytes > Integer.MAX_VALUE - 3 * GUARD) {
            throw new IllegalArgumentException(
                    what + ": " + bytes + " bytes, more than the emulator allocates at once");
        }
        long base = bytes > free() ? 0 : Emulator.allocate(bytes, GUARD, what);
        if (base == 0) {
            throw new EngineException(
                    EngineException.Kind.OUT_OF_MEMORY,
                    "emulated: " + what + " needs " + bytes + " bytes, " + free() + " are free");
        }
        Block block = new Block(base, bytes, what);
        fill(block.whole);
        blocks.put(block.address(), block);
        used += bytes;
        return block;
    }

    private static void fill(ByteBuffer buffer) {
        byte[] chunk = new byte[GUARD];
        Arrays.fill(chunk, FILL);
        for (int i = 0; i < buffer.capacity(); i += GUARD) {
            buffer.put(i, chunk, 0, Math.min(GUARD, buffer.capacity() - i));
        }
    }

    /** The bytes of a range, which must lie in one live block. */
    synchronized ByteBuffer bytes(long address, long bytes, String whose) {
        Map.Entry<Long, Block> entry = blocks.floorEntry(address);
        if (bytes < 0 || entry == null || address + bytes > entry.getKey() + entry.getValue().bytes) {
            throw new AssertionError(whose + ": " + bytes + " bytes at 0x" + Long.toHexString(address)
                    + " lie in no memory of this device" + (entry == null ? "" : "; before it is " + entry.getValue()));
        }
        int from = Math.toIntExact(address - entry.getKey());
        return entry.getValue().whole.slice(GUARD + from, (int) bytes).order(ByteOrder.nativeOrder());
    }

    /** An address that points into a live block. */
    void check(long address, int alignment, String whose) {
        bytes(address, 0, whose);
        if (address % alignment != 0) {
            throw new AssertionError(whose + ": 0x" + Long.toHexString(address) + " is no multiple of " + alignment);
        }
    }

    /** Looks at all guards. */
    synchronized void check() {
        blocks.values().forEach(Block::check);
    }

    synchronized List<String> live() {
        List<String> live = new ArrayList<>();
        blocks.values().forEach(block -> live.add(block.toString()));
        return live;
    }

    private final class Block implements DeviceMemory {
        private final long base;
        private final long bytes;
        private final String what;
        private final ByteBuffer whole;
        private boolean closed;

        Block(long base, long bytes, String what) {
            this.base = base;
            this.bytes = bytes;
            this.what = what;
            whole = Emulator.buffer(base, bytes + 2 * GUARD);
        }

        @Override
        public long address() {
            return base + GUARD;
        }

        @Override
        public long bytes() {
            return bytes;
        }

        void check() {
            look(0, GUARD);
            look(GUARD + (int) bytes, whole.capacity());
        }

        private void look(int from, int to) {
            for (int i = from; i < to; i++) {
                if (whole.get(i) != FILL) {
                    throw new AssertionError(this + ": something was written at byte " + (i - GUARD) + " of it");
                }
            }
        }

        @Override
        public void close() {
            synchronized (Allocations.this) {
                if (closed) {
                    return;
                }
                closed = true;
                blocks.remove(address());
                used -= bytes;
            }
            try {
                check();
            } finally {
                Emulator.free(base, GUARD);
            }
        }

        @Override
        public String toString() {
            return what + " (" + bytes + " bytes at 0x" + Long.toHexString(address()) + ")";
        }
    }
}
