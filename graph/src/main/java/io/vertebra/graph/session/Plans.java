package io.vertebra.graph.session;

import io.vertebra.graph.engine.EngineException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The plans of a session that were used last, and one arena for all of them: no two run at once, so it is as large as the
 * largest needs. Owns both.
 */
final class Plans<A extends Arena, P extends CompiledPlan<A>> implements AutoCloseable {
    private static final int KEPT = 8;

    private final Map<PlanKey, P> plans = new LinkedHashMap<>(KEPT, 0.75f, true);
    private final Backend<A, P> backend;
    private A arena;

    /** In memory of a backend. */
    Plans(Backend<A, P> backend) {
        this.backend = backend;
    }

    /** The plan for a key, or {@code null}. */
    P find(PlanKey key) {
        return plans.get(key);
    }

    /** Binds a new plan to the arena and keeps it; closes the one that was not used for longest. */
    P add(PlanKey key, P plan) {
        try {
            if (arena == null || arena.bytes() < plan.bytes()) {
                grow(plan.bytes());
            }
            plan.bind(arena);
        } catch (RuntimeException | Error e) {
            plan.close();
            throw e;
        }
        plans.put(key, plan);
        if (plans.size() > KEPT) {
            Iterator<P> oldest = plans.values().iterator();
            oldest.next().close();
            oldest.remove();
        }
        return plan;
    }

    /** Values do not outlive a pass, so nothing is copied; if there is no room, the old size is taken again. */
    private void grow(long bytes) {
        long before = arenaBytes();
        if (arena != null) {
            arena.close();
            arena = null;
        }
        try {
            arena = backend.allocate(bytes, "a pass over this batch");
        } catch (EngineException e) {
            if (before > 0) {
                arena = backend.allocate(before, "the plans so far");
            }
            throw e;
        } finally {
            if (arena == null) {
                clear(); // nothing that is bound to the old one may run
            } else {
                rebind();
            }
        }
    }

    /** Gives all plans the new arena; where one fails, none is kept, for it would be bound by half. */
    private void rebind() {
        try {
            plans.values().forEach(p -> p.bind(arena));
        } catch (RuntimeException | Error e) {
            clear();
            throw e;
        }
    }

    long activationBytes() {
        return plans.values().stream()
                .mapToLong(CompiledPlan::activationBytes)
                .max()
                .orElse(0);
    }

    long arenaBytes() {
        return arena == null ? 0 : arena.bytes();
    }

    /** Closes all plans; the arena stays. */
    void clear() {
        plans.values().forEach(CompiledPlan::close);
        plans.clear();
    }

    @Override
    public void close() {
        clear();
        if (arena != null) {
            arena.close();
        }
    }
}
