package io.vertebra.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * CPU time of the calling thread where OMP_NUM_THREADS is 1 (every contestant then computes on it, and other processes do
 * not move the figure); wall time otherwise.
 */
final class Clock {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final boolean cpu;

    Clock(int threads) {
        cpu = threads == 1;
    }

    String description() {
        return cpu ? "CPU time of the calling thread" : "wall time";
    }

    /** Nanoseconds. */
    long now() {
        return cpu ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
    }

    /**
     * How often is measured.
     *
     * @param fewest rounds, however long they take
     * @param most rounds
     * @param seconds after which no more rounds than the fewest begin
     */
    record Limits(int fewest, int most, int seconds) {
        static Limits exactly(int rounds) {
            return new Limits(rounds, rounds, 0);
        }
    }

    /** Each contestant once a round, round after round: seconds of each, by name. */
    Map<String, List<Double>> rounds(int warmUp, Limits limits, List<? extends Contestant> contestants)
            throws Exception {
        Map<String, List<Double>> times = new LinkedHashMap<>();
        for (Contestant c : contestants) {
            for (int i = 0; i < warmUp; i++) {
                c.run();
            }
            times.put(c.name(), new ArrayList<>());
        }
        long end = System.nanoTime() + limits.seconds() * 1_000_000_000L;
        for (int round = 0; round < limits.fewest() || (round < limits.most() && System.nanoTime() < end); round++) {
            for (Contestant c : contestants) {
                times.get(c.name()).add(c.seconds(this));
            }
        }
        return times;
    }

    static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        int n = sorted.size();
        return n % 2 == 1 ? sorted.get(n / 2) : (sorted.get(n / 2 - 1) + sorted.get(n / 2)) / 2;
    }
}
