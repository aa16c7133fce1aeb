package io.vertebra.datasets;

import java.util.random.RandomGenerator;

/**
 * Random numbers that are a function of a key and a counter: mixing rounds of SplitMix64 (Steele, Lea and Flood 2014).
 *
 * <p>A generator is made where it is used, from what it is used for: (seed, epoch, sample, transform). So there is no state to save in a
 * checkpoint, and no thread can change what another one draws. Not safe for use from several threads; not for secrets.
 */
public final class CounterRandom implements RandomGenerator {

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final long key;
    private long counter;

    private CounterRandom(long key) {
        this.key = key;
    }

    /** The generator of a key; equal keys give equal numbers on every machine, different keys unrelated ones. */
    public static CounterRandom of(long... key) {
        long hash = GOLDEN;
        for (long part : key) {
            hash = mix(hash + GOLDEN + mix(part + GOLDEN));
        }
        return new CounterRandom(hash);
    }

    /** A number that looks random but depends on its argument alone. */
    static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    @Override
    public long nextLong() {
        return mix(key + GOLDEN * ++counter);
    }

    @Override
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1p-53;
    }

    /** {@inheritDoc} The bias of at most bound / 2³² is of no matter here. */
    @Override
    public int nextInt(int bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("bound: must be at least 1, is " + bound);
        }
        return (int) (((nextLong() >>> 32) * bound) >>> 32);
    }

    @Override
    public int nextInt(int from, int to) {
        return from + nextInt(to - from);
    }

    @Override
    public double nextDouble(double from, double to) {
        return from + nextDouble() * (to - from);
    }

    @Override
    public float nextFloat() {
        return (nextLong() >>> 40) * 0x1p-24f;
    }

    /** {@inheritDoc} By Box and Muller, with {@link StrictMath}: the same bits on every machine. */
    @Override
    public double nextGaussian() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
        return radius * StrictMath.cos(2 * Math.PI * nextDouble());
    }

    /** The numbers 0 to count − 1 in an order that depends on the generator's key. */
    public int[] permutation(int count) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int j = nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
