package io.vertebra.graph.engine;

/** The pass that runs now, for kernels that draw random numbers from it. */
public final class Counter {
    private final long seed;
    private long step;
    private int microBatch;

    /** For a session's seed; step 0. */
    public Counter(long seed) {
        this.seed = seed;
    }

    /** Moves to a pass. */
    public void set(long newStep, int newMicroBatch) {
        step = newStep;
        microBatch = newMicroBatch;
    }

    /** The key of a node in this pass. */
    public long key(int node) {
        return CounterHash.key(seed, step, microBatch, node);
    }
}
