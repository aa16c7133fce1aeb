package io.vertebra.graph.engine;

/** Random numbers without a state: a hash of where they are used, the same in every engine and after a resume. */
public final class CounterHash {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private CounterHash() {}

    /** The key of one node in one pass. */
    public static long key(long seed, long step, int microBatch, int node) {
        return mix(mix(mix(mix(seed) + step) + microBatch) + node);
    }

    /** Uniform in [0, 1), with 24 bits, for the element of this row-major index. */
    public static float uniform(long key, long element) {
        return (mix(key + GOLDEN * (element + 1)) >>> 40) * 0x1p-24f;
    }

    /** Stafford's mix13 of 64 bits. */
    private static long mix(long z) {
        long x = z + GOLDEN;
        x = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
        x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
        return x ^ (x >>> 31);
    }
}
