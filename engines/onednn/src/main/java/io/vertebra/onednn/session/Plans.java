package io.vertebra.onednn.session;

import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.session.PlanKey;
import io.vertebra.onednn.natives.Block;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The plans of a session that were used last, and one arena for all of them: no two run at once, so it is as large as the
 * largest needs. Owns both.
 */
final class Plans implements AutoCloseable {
    private static final int KEPT = 8;

    private final Map<PlanKey, OpenPlan> plans = new LinkedHashMap<>(KEPT, 0.75f, true);
    private OpenPlan latest;
    private Block arena;

    /** The plan for a key, or {@code null}. */
    OpenPlan find(PlanKey key) {
        OpenPlan found = plans.get(key);
        latest = found != null ? found : latest;
        return found;
    }

    /** The plan that was found or added last, or {@code null} if it is closed. */
    OpenPlan latest() {
        return latest;
    }

    /** Binds a new plan to the arena and keeps it; closes the one that was not used for longest. */
    OpenPlan add(PlanKey key, OpenPlan plan) {
        try {
            if (arena == null || arena.bytes() < plan.bytes()) {
                grow(plan.bytes());
            }
            plan.plan().bind(arena);
        } catch (RuntimeException | Error e) {
            plan.close();
            throw e;
        }
        plans.put(key, plan);
        latest = plan;
        if (plans.size() > KEPT) {
            Iterator<OpenPlan> oldest = plans.values().iterator();
            oldest.next().close();
            oldest.remove();
        }
        return plan;
    }

    /** Values do not outlive a pass, so nothing is copied; if there is no room, the old size is taken again. */
    private void grow(long bytes) {
        long before = arena == null ? 0 : arena.bytes();
        if (arena != null) {
            arena.close();
            arena = null;
        }
        Supplier<Block> old = () -> Block.allocate(before, "the plans so far");
        try {
            arena = Block.allocate(bytes, "a pass over this batch");
        } catch (EngineException e) {
            arena = before == 0 ? null : old.get();
            throw e;
        } finally {
            if (arena != null) {
                plans.values().forEach(p -> p.plan().bind(arena));
            }
        }
    }

    long activationBytes() {
        return plans.values().stream()
                .mapToLong(p -> p.plan().activationBytes())
                .max()
                .orElse(0);
    }

    long arenaBytes() {
        return arena == null ? 0 : arena.bytes();
    }

    /** Closes all plans; the arena stays. */
    void clear() {
        plans.values().forEach(OpenPlan::close);
        plans.clear();
        latest = null;
    }

    @Override
    public void close() {
        clear();
        if (arena != null) {
            arena.close();
        }
    }
}
