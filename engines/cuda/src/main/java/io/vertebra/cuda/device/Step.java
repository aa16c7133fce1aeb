package io.vertebra.cuda.device;

/** Work with everything bound: appended to the device's queue by {@link #run}, which neither waits nor allocates. */
public interface Step extends Resource {

    /** Appends it to the queue. */
    void run();

    /** Frees what it holds; the queue must not hold it any more. */
    @Override
    void close();
}
