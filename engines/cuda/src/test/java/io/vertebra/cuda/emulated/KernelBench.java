package io.vertebra.cuda.emulated;

import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.HostMemory;
import io.vertebra.cuda.device.KernelSource;
import io.vertebra.cuda.device.Step;
import io.vertebra.cuda.device.Type;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A device with what a test of one kernel does over and over: numbers in, a launch, numbers out. */
public final class KernelBench implements AutoCloseable {
    private final EmulatedDevice device = new EmulatedDevice();
    private final List<DeviceMemory> memories = new ArrayList<>();

    /** Its device. */
    public EmulatedDevice device() {
        return device;
    }

    /** Memory with these numbers, each rounded to the type. */
    public DeviceMemory put(Type type, float... values) {
        return put((long) values.length * type.bytes(), bytes -> {
            for (float value : values) {
                switch (type) {
                    case F32 -> bytes.putFloat(value);
                    case BF16 -> bytes.putShort((short) (Float.floatToRawIntBits(rounded(type, value)) >>> 16));
                    case I32 -> bytes.putInt((int) value);
                }
            }
        });
    }

    /** Memory with these integers. */
    public DeviceMemory put(int... values) {
        return put(
                (long) values.length * Integer.BYTES,
                bytes -> bytes.asIntBuffer().put(values));
    }

    /** Memory with these long integers. */
    public DeviceMemory put(long... values) {
        return put(
                (long) values.length * Long.BYTES, bytes -> bytes.asLongBuffer().put(values));
    }

    private DeviceMemory put(long bytes, Consumer<ByteBuffer> writer) {
        DeviceMemory memory = bytes(bytes);
        try (HostMemory host = device.pin(bytes, "test")) {
            writer.accept(host.bytes());
            host.bytes().clear();
            run(device.upload(host, 0, memory.address(), bytes));
        }
        return memory;
    }

    /** Memory for so many numbers, each NaN until it is written. */
    public DeviceMemory room(Type type, long elements) {
        return bytes(elements * type.bytes());
    }

    private DeviceMemory bytes(long bytes) {
        DeviceMemory memory = device.allocate(bytes, "memory " + memories.size() + " of the test");
        memories.add(memory);
        return memory;
    }

    /** Runs a kernel; arguments are memories, null for the address 0, integers, long integers and floats. */
    public void launch(String file, Type type, String function, Grid grid, Object... arguments) {
        List<Number> numbers = new ArrayList<>();
        for (Object argument : arguments) {
            numbers.add(
                    argument == null
                            ? (Number) 0L
                            : argument instanceof DeviceMemory memory ? (Number) memory.address() : (Number) argument);
        }
        run(device.launch(new KernelSource(file, type), function, grid, numbers));
        device.check();
    }

    /** The numbers in a memory. */
    public float[] floats(DeviceMemory memory, Type type) {
        float[] values = new float[Math.toIntExact(memory.bytes() / type.bytes())];
        get(memory, bytes -> {
            for (int i = 0; i < values.length; i++) {
                values[i] = switch (type) {
                    case F32 -> bytes.getFloat();
                    case BF16 -> Float.intBitsToFloat(bytes.getShort() << 16);
                    case I32 -> bytes.getInt();
                };
            }
        });
        return values;
    }

    /** The integers in a memory. */
    public int[] ints(DeviceMemory memory) {
        int[] values = new int[Math.toIntExact(memory.bytes() / Integer.BYTES)];
        get(memory, bytes -> bytes.asIntBuffer().get(values));
        return values;
    }

    private void get(DeviceMemory memory, Consumer<ByteBuffer> reader) {
        try (HostMemory host = device.pin(memory.bytes(), "test")) {
            run(device.download(memory.address(), host, 0, memory.bytes()));
            reader.accept(host.bytes().clear());
        }
    }

    private static void run(Step step) {
        try (step) {
            step.run();
        }
    }

    /** The nearest number of the type, ties to even. */
    public static float rounded(Type type, float value) {
        if (type != Type.BF16 || Float.isNaN(value)) {
            return Float.isNaN(value) ? Float.NaN : value;
        }
        int bits = Float.floatToRawIntBits(value);
        int down = bits & 0xFFFF0000;
        int rest = bits & 0xFFFF;
        boolean up = rest > 0x8000 || (rest == 0x8000 && (down & 0x10000) != 0);
        return Float.intBitsToFloat(up ? down + 0x10000 : down);
    }

    @Override
    public void close() {
        memories.forEach(DeviceMemory::close);
        device.close();
    }
}
