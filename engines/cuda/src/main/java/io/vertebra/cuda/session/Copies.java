package io.vertebra.cuda.session;

import io.vertebra.cuda.device.Device;
import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.Resource;
import io.vertebra.cuda.device.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Copies of weights to compute with: cast, or with a norm folded in; shared by the plans of a session. Each is filled again
 * when its source has changed. Owns their memory.
 */
final class Copies implements Resource {
    private final Device device;
    private final Map<String, Copy> copies = new LinkedHashMap<>();

    Copies(Device device) {
        this.device = device;
    }

    /** A copy and the work that fills it. */
    static final class Copy {
        private final DeviceMemory memory;
        private final Step fill;
        private final LongSupplier version;
        private long filled = -1;

        private Copy(DeviceMemory memory, Step fill, LongSupplier version) {
            this.memory = memory;
            this.fill = fill;
            this.version = version;
        }

        DeviceMemory memory() {
            return memory;
        }

        /** Fills it if its source has changed. */
        void refresh() {
            long now = version.getAsLong();
            if (now != filled) {
                fill.run();
                filled = now;
            }
        }
    }

    /**
     * The copy of this name, made if there is none.
     *
     * @param filling the work that writes it, given where it is
     * @param version a number that changes whenever the copy would
     */
    Copy get(String name, long bytes, Function<DeviceMemory, Step> filling, LongSupplier version) {
        Copy found = copies.get(name);
        if (found == null) {
            DeviceMemory memory = device.allocate(bytes, "a copy of " + name);
            try {
                found = new Copy(memory, filling.apply(memory), version);
            } catch (RuntimeException | Error e) {
                memory.close(); // nobody else knows it yet
                throw e;
            }
            copies.put(name, found);
        }
        return found;
    }

    long bytes() {
        return copies.values().stream().mapToLong(copy -> copy.memory.bytes()).sum();
    }

    @Override
    public void close() {
        List<Copy> all = new ArrayList<>(copies.values());
        copies.clear();
        for (Copy copy : all) {
            copy.fill.close();
            copy.memory.close();
        }
    }
}
