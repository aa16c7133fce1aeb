package io.vertebra.cuda.emulated;

import java.nio.ByteBuffer;

/** The native side: kernels, convolutions and products on the processor, and memory. Loaded by {@link EmulatorBuild}. */
final class Emulator {
    private Emulator() {}

    /** Each kernel as {@code file/type/function:} and its parameters, as {@code binding.h} writes them. */
    static native String[] kernels();

    /** Runs a kernel; what went wrong, or null. */
    static native String launch(int kernel, int x, int y, int z, int threads, long[] arguments);

    /** Runs a convolution, its numbers in the order of {@code library.h}. */
    static native void convolve(int[] convolution, long[] tensors);

    /** Runs a product, its numbers in the order of {@code library.h}. */
    static native void multiply(int[] product, long[] tensors);

    /** Memory for kernels, between guards; the first guard begins at a multiple of 256. 0 where there is none. */
    static native long allocate(long bytes, long guard, String name);

    static native void free(long base, long guard);

    /** A view, without care for what is there. */
    static native ByteBuffer buffer(long address, long bytes);
}
