package io.vertebra.onednn.session;

import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.onednn.emit.Plan;
import io.vertebra.onednn.natives.Block;
import io.vertebra.onednn.natives.Dnnl;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Runs passes with a clock around each call.
 *
 * <p>With one thread all work is done by the caller, so its processor time is taken, which other processes cannot
 * disturb; with more, the time that passes.
 */
final class Profiler {
    private Profiler() {}

    private static LongSupplier clock() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Dnnl.threads() == 1 && threads.isCurrentThreadCpuTimeSupported()
                ? threads::getCurrentThreadCpuTime
                : System::nanoTime;
    }

    /** Evaluations. */
    static List<Session.Timing> evaluation(OpenPlan open, Batch batch, int repetitions) {
        Plan plan = open.plan();
        open.run(batch, java.util.Map.of());
        long[][] times = new long[repetitions][plan.size()];
        LongSupplier clock = clock();
        for (long[] pass : times) {
            plan.run(batch, clock, pass);
        }
        return rows(plan, times);
    }

    /** Training steps of rate 0; the masters that they move are put back, bit for bit. */
    static List<Session.Timing> training(
            OpenPlan open, Batch batch, int repetitions, ParameterStore store, Updater updater) {
        List<Block> moved = new ArrayList<>(store.slots());
        moved.add(store.weights());
        if (store.average() != null) {
            moved.add(store.average());
        }
        long bytes = store.gradients().bytes()
                + moved.stream().mapToLong(Block::bytes).sum();
        List<Block> kept = new ArrayList<>();
        try {
            for (Block block : moved) {
                Block copy = Block.allocate(block.bytes(), "a copy of the state while profiling");
                kept.add(copy);
                copy.copyFrom(block, block.bytes());
            }
            return measure(open, batch, repetitions, updater, bytes);
        } finally {
            for (int i = 0; i < kept.size(); i++) {
                moved.get(i).copyFrom(kept.get(i), kept.get(i).bytes());
                kept.get(i).close();
            }
        }
    }

    private static List<Session.Timing> measure(
            OpenPlan open, Batch batch, int repetitions, Updater updater, long bytes) {
        Plan plan = open.plan();
        Copy[] copies = open.copies();
        long[][] passes = new long[repetitions][plan.size()];
        long[][] refreshes = new long[repetitions][copies.length];
        long[][] updates = new long[repetitions][1];
        LongSupplier clock = clock();
        for (int r = -1; r < repetitions; r++) {
            int at = Math.max(r, 0); // the first pass warms up
            for (int i = 0; i < copies.length; i++) {
                copies[i].expire();
                long start = clock.getAsLong();
                copies[i].refresh();
                refreshes[at][i] = clock.getAsLong() - start;
            }
            plan.run(batch, clock, passes[at]);
            long start = clock.getAsLong();
            updater.step(Scalars.of(0, 0));
            updates[at][0] = clock.getAsLong() - start;
        }
        List<Session.Timing> rows = new ArrayList<>();
        for (int i = 0; i < copies.length; i++) {
            rows.add(new Session.Timing(copies[i].label(), "weights", "reorder", "reorder", median(refreshes, i), 0));
        }
        rows.addAll(rows(plan, passes));
        rows.add(new Session.Timing(
                "parameters", "optimizer", "update", updater.implementation(), median(updates, 0), 0, bytes));
        return rows;
    }

    private static List<Session.Timing> rows(Plan plan, long[][] times) {
        List<Session.Timing> rows = new ArrayList<>();
        for (int i = 0; i < plan.size(); i++) {
            rows.add(plan.row(i, median(times, i)));
        }
        return rows;
    }

    private static double median(long[][] times, int column) {
        long[] values = Arrays.stream(times).mapToLong(t -> t[column]).sorted().toArray();
        return values[values.length / 2] * 1e-6;
    }
}
