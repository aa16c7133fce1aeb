package io.vertebra.app;

import java.util.Locale;

/**
 * An NVIDIA card, as its driver describes it.
 *
 * @param name of the product
 * @param capability major and minor compute capability: 9.0 is Hopper
 * @param memoryMib its memory
 */
public record Gpu(String name, Capability capability, long memoryMib) {

    /** What code a card runs: a cubin runs on cards of its own major version with the same minor version or a later one. */
    public record Capability(int major, int minor) implements Comparable<Capability> {
        @Override
        public int compareTo(Capability other) {
            return major == other.major ? Integer.compare(minor, other.minor) : Integer.compare(major, other.major);
        }

        @Override
        public String toString() {
            return major + "." + minor;
        }
    }

    private static final Capability PASCAL = new Capability(6, 0);
    private static final Capability ADA = new Capability(8, 9);
    private static final Capability TURING = new Capability(7, 5);

    /**
     * Whether nd4j-cuda-11.6 runs on it: that build holds code for capability 3.7 to 8.6, which Ada (8.9) runs too, and
     * none that a driver could compile for newer cards. Cards before Pascal are not offered.
     */
    public boolean runsNd4jCuda() {
        return capability.compareTo(PASCAL) >= 0 && capability.compareTo(ADA) <= 0;
    }

    /** Whether the engine cuda runs on it: CUDA 13 has code for Turing and what came later. */
    public boolean runsCuda() {
        return capability.compareTo(TURING) >= 0;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s (capability %s, %d MiB)", name, capability, memoryMib);
    }
}
