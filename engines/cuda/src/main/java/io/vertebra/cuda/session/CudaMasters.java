package io.vertebra.cuda.session;

import io.vertebra.cuda.device.Device;
import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.HostMemory;
import io.vertebra.cuda.device.Resource;
import io.vertebra.cuda.device.Step;
import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.session.Masters;
import io.vertebra.graph.session.ParameterLayout;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The masters of a session on a card. Owns their memory, and page-locked memory through which they come and go. */
final class CudaMasters implements Masters<DeviceMemory>, Resource {
    /** What the widest accesses of kernels and libraries want. */
    private static final long ALIGNMENT = 256;

    private final Device device;
    private final ParameterLayout layout;
    private final Map<String, WeightOrder> orders;
    private final List<DeviceMemory> slots = new ArrayList<>();
    private HostMemory staging;
    private DeviceMemory weights;
    private DeviceMemory average;
    private DeviceMemory gradients;

    CudaMasters(Device device, Graph graph, Options options) {
        this.device = device;
        this.orders = WeightOrder.of(graph);
        this.layout = ParameterLayout.of(graph, options, spec -> spec.shape().elements() * Float.BYTES, ALIGNMENT);
        try {
            long largest = layout.entries().stream()
                    .mapToLong(ParameterLayout.Entry::bytes)
                    .max()
                    .orElse(1);
            staging = device.pin(largest, "the largest parameter");
            weights = zeros(layout.bytes(), "the model's parameters");
            if (options.mode() == Options.Mode.TRAINING) {
                average = options.update().hasEma()
                        ? zeros(layout.bytes(), "the moving average of the parameters")
                        : null;
                for (String slot : options.update().optimizer().slots()) {
                    slots.add(zeros(layout.trainedBytes(), "the optimizer's " + slot));
                }
            }
            if (options.mode() != Options.Mode.INFERENCE) {
                gradients = zeros(layout.trainedBytes(), "the gradients of the parameters");
            }
        } catch (RuntimeException | Error e) {
            close(); // nobody else knows them yet
            throw e;
        }
    }

    /** Gaps between parameters are read by updates, so that they must hold numbers. */
    private DeviceMemory zeros(long bytes, String what) {
        DeviceMemory memory = device.allocate(Math.max(bytes, ALIGNMENT), what);
        clear(memory);
        return memory;
    }

    void clear(DeviceMemory memory) {
        try (Step clear = device.clear(memory.address(), memory.bytes())) {
            clear.run();
            device.synchronize();
        }
    }

    @Override
    public ParameterLayout layout() {
        return layout;
    }

    @Override
    public DeviceMemory weights() {
        return weights;
    }

    @Override
    public DeviceMemory average() {
        return average;
    }

    @Override
    public DeviceMemory gradients() {
        return gradients;
    }

    @Override
    public List<DeviceMemory> slots() {
        return slots;
    }

    private WeightOrder order(String parameter) {
        return orders.getOrDefault(parameter, WeightOrder.ROW_MAJOR);
    }

    private FloatBuffer staged() {
        return staging.bytes().asFloatBuffer();
    }

    @Override
    public void write(String parameter, DeviceMemory arena, float[] values) {
        ParameterLayout.Entry entry = layout.entry(parameter);
        order(parameter).arrange(entry.spec().shape(), values, staged());
        try (Step copy = device.upload(staging, 0, arena.address() + entry.offset(), entry.bytes())) {
            copy.run();
            device.synchronize(); // the staging memory is used again
        }
    }

    @Override
    public void read(String parameter, DeviceMemory arena, float[] values) {
        ParameterLayout.Entry entry = layout.entry(parameter);
        try (Step copy = device.download(arena.address() + entry.offset(), staging, 0, entry.bytes())) {
            copy.run();
            device.synchronize();
        }
        order(parameter).restore(entry.spec().shape(), staged(), values);
    }

    @Override
    public void close() {
        slots.forEach(DeviceMemory::close);
        for (Resource owned : new Resource[] {gradients, average, weights, staging}) {
            if (owned != null) {
                owned.close();
            }
        }
    }
}
