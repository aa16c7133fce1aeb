package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Device;
import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.HostMemory;
import io.vertebra.cuda.device.Resource;
import io.vertebra.cuda.device.Step;
import io.vertebra.cuda.device.Type;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;

/**
 * Small tables of a plan beside its arena: numbers that never change, and the keys of random numbers, which change with each
 * pass. Owns their memory once it is placed.
 */
final class Constants implements Resource {
    private static final int ALIGNMENT = 16;

    /** Numbers of four bytes, as their bits. */
    private final List<int[]> tables = new ArrayList<>();

    private final List<Long> offsets = new ArrayList<>();
    private final Map<Integer, Long> keys = new LinkedHashMap<>();
    private long bytes;
    private DeviceMemory memory;
    private HostMemory staging;
    private Step upload;
    private boolean current;

    Operand add(float[] numbers) {
        int[] bits = new int[numbers.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(numbers[i]);
        }
        return add(bits, Type.F32);
    }

    Operand add(int[] numbers) {
        return add(numbers.clone(), Type.I32);
    }

    private Operand add(int[] bits, Type type) {
        tables.add(bits);
        offsets.add(bytes);
        return Operand.at(place(take((long) bits.length * Integer.BYTES)), type, bits.length);
    }

    /** Two I32 that are one number of 64 bits. */
    Operand key(int node) {
        long offset = keys.computeIfAbsent(node, n -> take(Long.BYTES));
        return Operand.at(place(offset), Type.I32, Long.BYTES / Integer.BYTES);
    }

    private long take(long size) {
        long offset = bytes;
        bytes += (size + ALIGNMENT - 1) & -ALIGNMENT;
        return offset;
    }

    private Place place(long offset) {
        return () -> memory.address() + offset;
    }

    /** Takes memory; before any operand's address is asked. */
    void place(Device device) {
        if (bytes > 0 && memory == null) {
            memory = device.allocate(bytes, "the constants of a plan");
            staging = device.pin(bytes, "the constants of a plan");
            upload = device.upload(staging, 0, memory.address(), bytes);
            for (int i = 0; i < tables.size(); i++) {
                ByteBuffer table =
                        staging.bytes().duplicate().order(staging.bytes().order());
                table.position(Math.toIntExact(offsets.get(i)));
                table.asIntBuffer().put(tables.get(i));
            }
        }
    }

    /** Brings the keys of a pass, and at first the tables, to the device. */
    void refresh(IntToLongFunction keyOfNode) {
        if (bytes == 0 || (current && keys.isEmpty())) {
            return;
        }
        for (Map.Entry<Integer, Long> key : keys.entrySet()) {
            staging.bytes().putLong(Math.toIntExact(key.getValue()), keyOfNode.applyAsLong(key.getKey()));
        }
        upload.run();
        current = true;
    }

    long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        for (Resource owned : new Resource[] {upload, staging, memory}) {
            if (owned != null) { // where memory ran out, not all are there
                owned.close();
            }
        }
        upload = null;
        staging = null;
        memory = null;
    }
}
