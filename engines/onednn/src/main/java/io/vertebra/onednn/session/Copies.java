package io.vertebra.onednn.session;

import io.vertebra.onednn.natives.Block;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.Handles;
import java.util.ArrayList;
import java.util.List;

/** The compute copies of a session's weights, shared by all plans that want the same order; owns them. */
final class Copies implements AutoCloseable {
    private final List<Copy> copies = new ArrayList<>();
    private final Handles handles = new Handles();
    private long working;

    /** The copy of these parameters in this order, made if there is none. */
    Copy get(String key, Desc wanted, Copy.Maker maker) {
        for (Copy copy : copies) {
            if (copy.key().equals(key) && copy.desc().same(wanted)) {
                return copy;
            }
        }
        Desc desc = wanted.copy(handles);
        Block block = Block.allocate(desc.bytes(), "a compute copy of " + key);
        handles.add(block::close);
        Copy copy = new Copy(key, desc, block, maker);
        copies.add(copy);
        return copy;
    }

    /** Memory that filling a copy needs again and again, as long-lived as the copies. */
    Block scratch(long bytes, String name) {
        Block block = Block.allocate(bytes, "making copies of " + name);
        handles.add(block::close);
        working += block.bytes();
        return block;
    }

    /** Owns what refreshing needs. */
    Handles handles() {
        return handles;
    }

    long bytes() {
        return working + copies.stream().mapToLong(c -> c.block().bytes()).sum();
    }

    /** Frees all; no plan may use them any more. */
    void clear() {
        copies.clear();
        working = 0;
        handles.close();
    }

    @Override
    public void close() {
        clear();
    }
}
