package io.vertebra.graph.pass;

import io.vertebra.graph.plan.Storage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Gives storages places in one arena, so that those which are alive at the same time do not overlap.
 *
 * <p>The largest first, each at the lowest place that is free while it lives.
 */
public final class MemoryPlan {
    private MemoryPlan() {}

    /**
     * Places all storages and gives the bytes of the arena.
     *
     * @param alignment a power of two of which all places are multiples
     */
    public static long assign(Iterable<Storage> storages, long alignment) {
        Set<Storage> distinct = new LinkedHashSet<>();
        storages.forEach(storage -> distinct.add(storage.root()));
        List<Storage> roots = new ArrayList<>(distinct);
        roots.sort(Comparator.comparingLong(Storage::bytes).reversed().thenComparingInt(Storage::first));
        List<Storage> placed = new ArrayList<>();
        long arena = 0;
        for (Storage storage : roots) {
            storage.place(lowest(storage, placed, alignment));
            placed.add(storage);
            placed.sort(Comparator.comparingLong(Storage::offset));
            arena = Math.max(arena, end(storage, alignment));
        }
        return arena;
    }

    private static long lowest(Storage storage, List<Storage> placed, long alignment) {
        long at = 0;
        for (Storage other : placed) {
            boolean together = other.first() <= storage.last() && storage.first() <= other.last();
            if (together && other.offset() < at + storage.bytes()) {
                at = Math.max(at, end(other, alignment));
            }
        }
        return at;
    }

    private static long end(Storage storage, long alignment) {
        return (storage.offset() + storage.bytes() + alignment - 1) & -alignment;
    }
}
