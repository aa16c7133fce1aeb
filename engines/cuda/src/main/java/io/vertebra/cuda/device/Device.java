package io.vertebra.cuda.device;

import java.util.Collection;
import java.util.List;

/**
 * A queue of work on one card, with its memory. Everything that is appended runs in order; nothing is waited for but in
 * {@link #synchronize} and {@link #time}. One session has one device. Confined to that session's lock.
 *
 * <p>Failures are {@link io.vertebra.graph.engine.EngineException}s that name the operator and the library's status.
 */
public interface Device extends Resource {

    /** The card and the libraries, for logs: {@code NVIDIA H200, capability 9.0, CUDA 13.0, cuDNN 9.24}. */
    String description();

    /** Processors of the card, each of which runs some blocks at once. */
    int processors();

    /** Bytes that could be allocated now. */
    long free();

    /**
     * Takes memory.
     *
     * @param what it is for, for the message where there is not enough
     */
    DeviceMemory allocate(long bytes, String what);

    /** Takes page-locked memory of the host. */
    HostMemory pin(long bytes, String what);

    /** A copy to the device. */
    Step upload(HostMemory from, long offset, long address, long bytes);

    /** A copy from the device. */
    Step download(long address, HostMemory to, long offset, long bytes);

    /** Appends a copy within the device at once. */
    void copy(long from, long to, long bytes);

    /** A new queue of copies beside this one; to be closed before the device. */
    UploadQueue uploads();

    /** Zeros. */
    Step clear(long address, long bytes);

    /** Compiles files of kernels, several at once, that {@link #launch} would else compile one after the other. */
    void prepare(Collection<KernelSource> sources);

    /**
     * A kernel with its arguments.
     *
     * @param arguments in the order of its parameters: {@code Long} for addresses and 64-bit numbers, {@code Integer} and
     *     {@code Float}
     */
    Step launch(KernelSource source, String function, Grid grid, List<? extends Number> arguments);

    /** Chooses the code for a convolution. */
    Prepared convolution(ConvolutionSpec spec);

    /** Chooses the code for a product. */
    Prepared product(ProductSpec spec);

    /** All these steps as one, which is cheaper to append; they must outlive it. */
    Step record(List<Step> steps);

    /** Waits until the queue is empty. */
    void synchronize();

    /** Runs the steps one by one and notes the milliseconds that each took on the device. */
    void time(List<Step> steps, double[] milliseconds);

    /** Waits, then frees the queue. Memory, steps and prepared code must have been closed before. */
    @Override
    void close();
}
